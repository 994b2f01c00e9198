package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogLineTest {
    private static LoggingEvent event(Throwable thrown, Map<String, String> names) {
        Logger logger = (Logger) LoggerFactory.getLogger("io.wasmpipes.pipe.Pipe");
        LoggingEvent event = new LoggingEvent("", logger, Level.WARN, "said \"{}\"", thrown, new Object[] {"no"});
        event.setMDCPropertyMap(names);
        return event;
    }

    @Test
    void text_ends_with_pipe_message_and_trace() {
        String line = new LogLine(false, "orders").doLayout(event(null, Map.of("message_id", "7")));
        assertThat(line).contains("Z WARN  Pipe: said \"no\" pipe=orders message_id=7\n");
        assertThat(new LogLine(false, "").doLayout(event(null, Map.of()))).endsWith("said \"no\"\n");
    }

    @Test
    void json_has_them_as_fields() throws IOException {
        String line = new LogLine(true, "orders")
                .doLayout(event(new IOException("gone"), Map.of("message_id", "7", "trace_id", "4bf9")));
        JsonNode object = new JsonMapper().readTree(line);
        assertThat(object.path("message").asText()).isEqualTo("said \"no\"");
        assertThat(object.path("pipe").asText()).isEqualTo("orders");
        assertThat(object.path("message_id").asText()).isEqualTo("7");
        assertThat(object.path("trace_id").asText()).isEqualTo("4bf9");
        assertThat(object.path("trace").asText()).contains("IOException: gone");
    }
}
