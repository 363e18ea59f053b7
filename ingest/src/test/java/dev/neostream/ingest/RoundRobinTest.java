package dev.neostream.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ingest.file.Items;
import dev.neostream.ingest.file.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundRobinTest {

  @TempDir Path folder;

  @Test
  void shouldTakeOneOfEachInTurnWhenInputsHaveDifferentLengths() throws IOException {
    List<Input> inputs = List.of(input("a", 1), input("b", 3), input("c", 2));

    assertEquals(List.of("a0", "b0", "c0", "b1", "c1", "b2"), texts(inputs, 0, 0L, 0L, 0L));
  }

  @Test
  void shouldGoOnAtTurnWhenRecordsWereTakenBefore() throws IOException {
    List<Input> inputs = List.of(input("a", 1), input("b", 3), input("c", 2));

    assertEquals(List.of("c0", "b1", "c1", "b2"), texts(inputs, 2, 1L, 1L, 0L));
    assertEquals(List.of(), texts(inputs, 1, 1L, 3L, 2L));
  }

  @Test
  void shouldFailWhenInputHoldsFewerRecordsThanBefore() throws IOException {
    List<Input> inputs = List.of(input("a", 1));

    var error = assertThrows(IllegalStateException.class, () -> texts(inputs, 0, 2L));

    assertTrue(error.getMessage().contains("source=a"), error.getMessage());
  }

  @Test
  void shouldRefuseWhenSourcesAreEqual() throws IOException {
    List<Input> inputs = List.of(input("a", 1), input("a", 1));

    assertThrows(IllegalArgumentException.class, () -> new RoundRobin(inputs));
  }

  private static List<String> texts(List<Input> inputs, int turn, Long... taken)
      throws IOException {
    var texts = new ArrayList<String>();
    try (var records =
        new RoundRobin(
            inputs, turn, List.of(taken), Collections.nCopies(inputs.size(), Place.START))) {
      for (Optional<RoundRobin.Turn> record = records.next();
          record.isPresent();
          record = records.next()) {
        texts.add(Items.text(record.get().item()));
        assertEquals(
            Items.text(record.get().item()),
            inputs.get(record.get().input()).source() + record.get().record());
      }
    }
    return texts;
  }

  private Input input(String source, int records) throws IOException {
    var text = new StringBuilder();
    for (int i = 0; i < records; i++) {
      text.append("{\"text\":\"").append(source).append(i).append("\"}\n");
    }
    return new Input(source, Files.writeString(folder.resolve(source + ".jsonl"), text));
  }
}
