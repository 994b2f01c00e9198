package io.wasmpipes;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertAll;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The walls of the house: docs/architecture of the packages, see CONTRIBUTING. */
class ArchitectureTest {
    private static final String ROOT = "io.wasmpipes";
    private static final JavaClasses CODE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void the_vocabulary_knows_only_the_jdk() {
        classes()
                .that()
                .resideInAPackage(ROOT)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(ROOT, "java..", "javax.net..", "org.jspecify..")
                .check(CODE);
    }

    @Test
    void the_pipe_sees_only_the_vocabulary() {
        within("pipe").check(CODE);
    }

    @Test
    void the_cache_sees_only_the_vocabulary() {
        within("cache", "io.lettuce..", ROOT + ".redis..").check(CODE);
    }

    @Test
    void the_way_to_redis_sees_only_the_vocabulary() {
        within("redis", "io.lettuce..").check(CODE);
    }

    @Test
    void the_ways_to_the_clouds_see_only_the_vocabulary() {
        within("aws", "software.amazon..", "javax.net..").check(CODE);
        within("azure", "com.azure..").check(CODE);
        within(
                        "bucket",
                        "software.amazon..",
                        "com.google.auth..",
                        "com.azure..",
                        "javax.crypto..",
                        ROOT + ".aws..",
                        ROOT + ".azure..")
                .check(CODE);
    }

    @Test
    void the_configuration_sees_only_the_vocabulary() {
        within("config").check(CODE);
    }

    @Test
    void the_module_stores_see_only_the_vocabulary() {
        within("module", "com.fasterxml.jackson..", ROOT + ".bucket..").check(CODE);
    }

    @Test
    void the_traces_see_the_vocabulary_and_what_the_pipe_tells() {
        within("trace", "io.opentelemetry..", ROOT + ".pipe..").check(CODE);
    }

    @Test
    void the_wasm_host_sees_the_vocabulary_and_module_images() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".wasm..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + ".pipe..",
                        ROOT + ".adapter..",
                        ROOT + ".app..",
                        ROOT + ".cli..",
                        ROOT + ".cases..",
                        ROOT + ".config..",
                        ROOT + ".cache..")
                .check(CODE);
    }

    @Test
    void adapters_never_see_each_other() {
        slices().matching(ROOT + ".adapter.(*)..")
                .should()
                .notDependOnEachOther()
                .allowEmptyShould(true)
                .check(CODE);
    }

    @Test
    void adapters_see_no_other_part_of_the_house() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".adapter..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + ".pipe..",
                        ROOT + ".wasm..",
                        ROOT + ".module..",
                        ROOT + ".app..",
                        ROOT + ".cli..",
                        ROOT + ".config..",
                        ROOT + ".cache..")
                .allowEmptyShould(true)
                .check(CODE);
    }

    @Test
    void vendor_libraries_stay_with_their_adapter() {
        assertAll(
                () -> confine("io.nats..", ROOT + ".adapter.nats.."),
                () -> confine("io.lettuce..", ROOT + ".redis..", ROOT + ".cache..", ROOT + ".adapter.redis.."),
                () -> confine("org.apache.kafka..", ROOT + ".adapter.kafka.."),
                () -> confine("com.rabbitmq..", ROOT + ".adapter.rabbit.."),
                () -> confine("software.amazon..", ROOT + ".aws..", ROOT + ".bucket..", ROOT + ".adapter.aws.."),
                () -> confine("com.google..", ROOT + ".bucket..", ROOT + ".adapter.pubsub.."),
                () -> confine("io.opentelemetry..", ROOT + ".trace.."),
                () -> confine("io.grpc..", ROOT + ".adapter.pubsub.."),
                () -> confine("com.azure..", ROOT + ".azure..", ROOT + ".bucket..", ROOT + ".adapter.servicebus.."),
                () -> confine("com.hivemq..", ROOT + ".adapter.mqtt.."),
                () -> confine(ROOT + ".redis..", ROOT + ".redis..", ROOT + ".cache..", ROOT + ".adapter.redis.."),
                () -> confine("com.dylibso.chicory..", ROOT + ".wasm.engine.."),
                () -> confine("org.yaml..", ROOT + ".cases..", ROOT + ".cli.."),
                () -> confine("io.micronaut..", ROOT + ".app..", ROOT + ".adapter.http.."),
                () -> confine("jakarta..", ROOT + ".app.."));
    }

    @Test
    void packages_are_free_of_cycles() {
        assertAll(
                () -> slices().matching(ROOT + ".(*)..")
                        .should()
                        .beFreeOfCycles()
                        .check(CODE),
                () -> slices().matching(ROOT + ".wasm.(*)..")
                        .should()
                        .beFreeOfCycles()
                        .allowEmptyShould(true)
                        .check(CODE));
    }

    @Test
    void no_class_hides_behind_a_vague_name() {
        noClasses().should().haveNameMatching(".*(Utils?|Helper|Manager|Impl)").check(CODE);
    }

    /** Classes of package {@code name} depend on themselves, the vocabulary, the JDK, logging and {@code vendors} only. */
    private static ArchRule within(String name, String... vendors) {
        String[] allowed = new String[vendors.length + 5];
        allowed[0] = ROOT;
        allowed[1] = ROOT + "." + name + "..";
        allowed[2] = "java..";
        allowed[3] = "org.jspecify..";
        allowed[4] = "org.slf4j..";
        System.arraycopy(vendors, 0, allowed, 5, vendors.length);
        return classes()
                .that()
                .resideInAPackage(ROOT + "." + name + "..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed)
                .allowEmptyShould(true);
    }

    private static void confine(String vendor, String... homes) {
        noClasses()
                .that()
                .resideOutsideOfPackages(homes)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(vendor)
                .check(CODE);
    }
}
