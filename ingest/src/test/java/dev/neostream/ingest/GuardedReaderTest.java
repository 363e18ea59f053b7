package dev.neostream.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ingest.file.FileIdentity;
import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Items;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.RecordReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GuardedReaderTest {

  private static final Origin ORIGIN = new Origin("in", "a.txt");
  private static final FileIdentity FILE = new FileIdentity(7, 9);

  /** Reads the numbers below ten, and fails at one of them, before or behind it. */
  private static final class Numbers implements RecordReader {

    private final int fatal;
    private final boolean passes;
    private final boolean endless;
    private int next;

    Numbers(int fatal, boolean passes, boolean endless) {
      this.fatal = fatal;
      this.passes = passes;
      this.endless = endless;
    }

    @Override
    public Optional<Item> next() {
      int number = next;
      if (number == fatal) {
        next += passes ? 1 : 0;
        throw endless ? endlessly(0) : new OutOfMemoryError("Java heap space");
      }
      next++;
      return number == 10
          ? Optional.empty()
          : Optional.of(
              ORIGIN.document(
                  String.valueOf(number),
                  number,
                  "text/plain",
                  "x".getBytes(StandardCharsets.UTF_8)));
    }

    private static Error endlessly(int depth) {
      return depth < 0 ? new Error() : endlessly((depth + 1) & Integer.MAX_VALUE);
    }

    @Override
    public Place place() {
      return new Place("", next, 0, next, 0);
    }

    @Override
    public void close() {}
  }

  @Test
  void shouldGoOnBehindARecordThatTakesAllOfTheStack() throws IOException {
    List<Item> items =
        Items.all(new GuardedReader(ORIGIN, new Numbers(4, true, true), Place.START, FILE));

    assertEquals(10, items.size());
    assertEquals(List.of("file.error"), Items.reasons(items));
    assertEquals(4, items.get(4).offset());
    assertEquals("java.lang.StackOverflowError", Items.broken(items.get(4)).rejection().value());
    assertEquals("9", items.get(9).url());
  }

  @Test
  void shouldRejectTheRestWhenThereIsNoWayPastTheRecord() throws IOException {
    var reader = new GuardedReader(ORIGIN, new Numbers(4, false, false), Place.START, FILE);
    for (int i = 0; i < 4; i++) {
      reader.next();
    }

    Item.Broken broken = Items.broken(reader.next().orElseThrow());

    assertTrue(broken.rejection().value().endsWith("Java heap space, rest of the file"));
    assertTrue(reader.place().isEnd());
    assertEquals(FILE, reader.place().identity());
    assertEquals(Optional.empty(), reader.next());
  }

  /** A broken invariant of the program is no record's fault. */
  @Test
  void shouldLetOtherErrorsPass() {
    var reader =
        new GuardedReader(
            ORIGIN,
            new RecordReader() {
              @Override
              public Optional<Item> next() {
                throw new AssertionError("broken");
              }

              @Override
              public Place place() {
                return Place.START;
              }

              @Override
              public void close() {}
            },
            Place.START,
            FILE);

    assertThrows(AssertionError.class, reader::next);
  }
}
