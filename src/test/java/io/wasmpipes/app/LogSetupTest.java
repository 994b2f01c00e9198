package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.config.Service;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogSetupTest {
    @AfterEach
    void quiet() {
        LogSetup.apply(new Service.Log(Service.Level.INFO, Service.Format.TEXT), "");
    }

    @Test
    void not_even_debug_shows_what_goes_over_the_wire() {
        LogSetup.apply(new Service.Log(Service.Level.DEBUG, Service.Format.TEXT), "");
        assertThat(LoggerFactory.getLogger("io.wasmpipes").isDebugEnabled()).isTrue();
        for (String wire : new String[] {
            "org.apache.hc.client5.http.wire", "org.apache.hc.client5.http.headers", "software.amazon.awssdk.request"
        }) {
            assertThat(LoggerFactory.getLogger(wire).isInfoEnabled()).as(wire).isFalse();
        }
    }
}
