package dev.neostream.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.ops.monitor.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {

  @Test
  void shouldWriteNumbersOrNull() throws IOException {
    JsonNode json =
        new ObjectMapper()
            .readTree(
                Json.of(
                    Map.of("a", 1.5, "b", Double.NaN, "c", Double.POSITIVE_INFINITY, "d", 0.1)));

    assertEquals(1.5, json.get("a").doubleValue());
    assertTrue(json.get("b").isNull());
    assertTrue(json.get("c").isNull());
    assertEquals(0.1, json.get("d").doubleValue());
  }

  @Test
  void shouldReadAStatusThatHasNoLossYet() throws IOException {
    String json = Json.of(Status.starting(600));
    Status read = Json.read(json.getBytes(StandardCharsets.UTF_8), Status.class);

    assertFalse(json.contains("NaN"), json);
    assertTrue(Double.isNaN(read.training().loss()));
    assertEquals(600, read.training().steps());
  }
}
