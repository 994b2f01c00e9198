# wasm-pipes: the commands. Everything runs on a JDK 25, which ./mvnw and ./wasm-pipes find themselves.
.DEFAULT_GOAL := help
.PHONY: help run test soak bench modules image servers compilers builders maven clean

help: ## what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

run: ## build if needed, then run a pipe as the environment says; by default HTTP on :9000 to stdout
	@./wasm-pipes

test: servers ## every test: units, adapters over real servers, whole processes; under 15 minutes on 2 cores
	./mvnw -B -ntp verify

soak: servers compilers builders ## the long forms of the kill, fault and load tests; under an hour
	./mvnw -B -ntp verify -Psoak

bench: servers ## ratios against raw client loops, in one run on this machine
	./bench/run

modules: ## rebuild the guest modules and compare them with the ones checked in (needs clang, lld, wasi-libc, node)
	$(MAKE) -C modules check

image: ## the container image, by docker, podman or buildah: IMAGE=name:tag, PLATFORM=linux/arm64
	@./.ci/image

servers: maven
	@./.ci/servers nats-server:nats-server redis-server:redis-server wat2wasm:wabt rabbitmqctl:rabbitmq-server mosquitto_passwd:mosquitto docker-registry:docker-registry npm:npm chromium:chromium
	@./.ci/kafka

# What authors of modules have: the soak goes their way in every language. Go must be there.
compilers:
	@./.ci/servers clang:clang wasm-ld:lld /usr/include/wasm32-wasi/stdio.h:wasi-libc /usr/bin/cargo:cargo \
	  /usr/lib/rustlib/wasm32-unknown-unknown/lib:libstd-rust-dev-wasm32 /usr/share/doc/libclang-rt-dev-wasm32:libclang-rt-dev-wasm32 nc:netcat-openbsd

# What builds an image without a Docker engine.
builders:
	@./.ci/servers buildah:buildah mmdebstrap:mmdebstrap

maven:
	@./.ci/servers mvn:maven

clean:
	rm -rf target
