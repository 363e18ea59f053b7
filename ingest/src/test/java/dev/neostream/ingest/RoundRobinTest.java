package dev.neostream.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Items;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.RecordReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
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

  @Test
  void shouldReadAddedInputsBehindTheOthersAndTellWhichEnded() throws IOException {
    try (var records = new RoundRobin(List.of(input("a", 1), input("b", 3)))) {
      assertEquals("a0", text(records));
      assertEquals(List.of(), records.finished());
      records.add(input("c", 1));
      assertEquals("b0", text(records));
      assertEquals("c0", text(records));
      assertEquals("b1", text(records), "a has ended");
      assertEquals(List.of(0), records.finished());
      assertEquals("b2", text(records), "c has ended");
      assertEquals(List.of(1), records.finished());
      assertEquals(Optional.empty(), records.next());
      assertEquals(List.of(0), records.finished());
      records.add(input("a", 2));
      assertEquals("a0", text(records), "a source that has ended may come again");
      assertThrows(IllegalArgumentException.class, () -> records.add(input("a", 1)));
    }
  }

  @Test
  void shouldPassOverAnInputThatHasNothingYetAndKeepIt() throws IOException {
    var queue = new ArrayDeque<Item>();
    try (var records = new RoundRobin(List.of(following("f", queue), input("a", 2)))) {
      assertEquals("a0", text(records));
      queue.add(new Origin("f", "f").document("u", 0, "text/plain", new byte[] {'x'}));
      assertEquals("x", text(records));
      assertEquals("a1", text(records));
      assertEquals(Optional.empty(), records.next());
      assertEquals(List.of(1), records.finished(), "a has ended, f never does");
      queue.add(new Origin("f", "f").document("u", 0, "text/plain", new byte[] {'y'}));
      RoundRobin.Turn turn = records.next().orElseThrow();
      assertEquals("y", Items.text(turn.item()));
      assertEquals(0, turn.input());
      assertEquals(1, turn.record());
    }
  }

  private static RecordSource following(String source, Queue<Item> queue) {
    return new RecordSource() {
      @Override
      public String source() {
        return source;
      }

      @Override
      public String location() {
        return source;
      }

      @Override
      public boolean follows() {
        return true;
      }

      @Override
      public RecordReader open(Place from) {
        return new RecordReader() {
          @Override
          public Optional<Item> next() {
            return Optional.ofNullable(queue.poll());
          }

          @Override
          public Place place() {
            return from;
          }

          @Override
          public void close() {}
        };
      }
    };
  }

  private static String text(RoundRobin records) throws IOException {
    return Items.text(records.next().orElseThrow().item());
  }

  private static List<String> texts(List<Input> inputs, int turn, Long... taken)
      throws IOException {
    var texts = new ArrayList<String>();
    var open = new ArrayList<>(inputs);
    try (var records =
        new RoundRobin(
            inputs, turn, List.of(taken), Collections.nCopies(inputs.size(), Place.START))) {
      for (Optional<RoundRobin.Turn> record = records.next();
          record.isPresent();
          record = records.next()) {
        texts.add(Items.text(record.get().item()));
        records.finished().forEach(ended -> open.remove((int) ended));
        assertEquals(
            Items.text(record.get().item()),
            open.get(record.get().input()).source() + record.get().record());
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
