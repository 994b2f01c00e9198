# wasm-pipes as a container: a JRE of its own, the application with what the JVM has learned of it, and the modules.
# `make image` builds the jar first, which is the same for every platform. JDK must have bash, BASE needs glibc and no shell.
ARG JDK=docker.io/library/eclipse-temurin:25-jdk
ARG BASE=gcr.io/distroless/base-debian13:latest

FROM ${JDK} AS build
RUN jlink --add-modules java.base,java.instrument,java.logging,java.management,java.naming,java.net.http,java.security.jgss,java.security.sasl,java.sql,java.xml,jdk.jfr,jdk.management,jdk.naming.dns,jdk.net,jdk.unsupported,jdk.zipfs \
      --strip-java-debug-attributes --no-man-pages --no-header-files --compress zip-6 --output /opt/wasm-pipes/java \
 && /opt/wasm-pipes/java/bin/java -XX:+UseSerialGC -Xshare:dump
COPY target/app/lib /opt/wasm-pipes/app/lib
COPY target/app/wasm-pipes.jar .mvn/java.options .mvn/train /opt/wasm-pipes/app/
COPY modules /build/modules
RUN mkdir /modules /state && cp /build/modules/*/*.wasm /modules && chmod 1777 /state \
 && cd /opt/wasm-pipes/app && ./train /opt/wasm-pipes/java/bin/java /opt/wasm-pipes/app / /opt/wasm-pipes/app/java.options \
 && rm train train.log built
COPY LICENSE NOTICE target/bom.json /licenses/

FROM ${BASE}
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="wasm-pipes" \
      org.opencontainers.image.description="Pulls messages from SOURCE_URI, streams each through WebAssembly modules, sends the results to SINK_URI" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /opt/wasm-pipes /opt/wasm-pipes
COPY --from=build /modules /modules
COPY --from=build /licenses /licenses
COPY --from=build /state /state
ENV WASM_PIPES_HOME=/ STATE_DIR=/state HOME=/state
WORKDIR /state
USER 65532:65532
EXPOSE 9000 8081
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=3s --start-period=30s CMD ["/opt/wasm-pipes/java/bin/java", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp", "/opt/wasm-pipes/app/wasm-pipes.jar", "io.wasmpipes.app.Probe"]
ENTRYPOINT ["/opt/wasm-pipes/java/bin/java", "@/opt/wasm-pipes/app/java.options", "-XX:AOTCache=/opt/wasm-pipes/app/wasm-pipes.aot", "-XX:MaxRAMPercentage=60", "-jar", "/opt/wasm-pipes/app/wasm-pipes.jar"]
