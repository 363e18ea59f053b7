package dev.neostream.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.ops.account.CountBook;
import dev.neostream.ops.account.Funnel;
import dev.neostream.ops.monitor.Status;
import dev.neostream.schemas.Stage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
  void shouldWriteALineOfWhatHasMany() {
    String line =
        new String(
            Json.line(Map.of("a", List.of(Double.NaN, "x\ny\u001b"))), StandardCharsets.UTF_8);

    assertEquals("{\"a\":[null,\"x\\ny\\u001B\"]}", line);
  }

  @Test
  void shouldReadAStatusThatHasNoLossYet() throws IOException {
    String json = Json.of(Status.starting(600));
    Status read = Json.read(json.getBytes(StandardCharsets.UTF_8), Status.class);

    assertFalse(json.contains("NaN"), json);
    assertTrue(Double.isNaN(read.training().loss()));
    assertEquals(600, read.training().steps());
  }

  @Test
  void shouldNameStagesAsTopicsDo() throws IOException {
    var counts = new CountBook.Counts(5, 3, 2, 0, 0, 0, 0, Map.of("en en.web", 3L));
    var rejects = new Funnel.Rejects(Stage.CLEAN, "gopher.word_count", "en", "en.web", 2);
    var written =
        new Accounts(Map.of(Stage.CLEAN, counts), new Funnel.Tables(List.of(), List.of(rejects)));

    String json = Json.of(written);
    JsonNode tree = new ObjectMapper().readTree(json);

    assertEquals(5, tree.at("/stages/clean/read").longValue());
    assertEquals("clean", tree.at("/funnel/rejected/0/stage").textValue());
    assertEquals(written, Json.read(json.getBytes(StandardCharsets.UTF_8), Accounts.class));
    byte[] unknown = json.replace("\"clean\"", "\"polish\"").getBytes(StandardCharsets.UTF_8);
    var error =
        assertThrows(JsonProcessingException.class, () -> Json.read(unknown, Accounts.class));
    assertTrue(error.getMessage().contains("polish"), error.getMessage());
  }

  /** The parts of a status that name stages. */
  private record Accounts(Map<Stage, CountBook.Counts> stages, Funnel.Tables funnel) {}
}
