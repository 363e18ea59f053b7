package dev.neostream.ingest.file;

import dev.neostream.ingest.segment.ReadFailure;
import dev.neostream.ingest.segment.SegmentInput;
import dev.neostream.ingest.segment.StorageFile;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads JSON Lines, plain, {@code .gz} or {@code .zst}: one object a line, UTF-8; or a file {@code
 * .json} that is one array of objects, however they stand on lines.
 *
 * <pre>
 *   text | html | content | raw_content   the document, the first of these that is a string
 *   url | id                              its url; without either it is file#line
 *   domain                                mixture domain
 *   anything else                         attributes, as JSON
 * </pre>
 *
 * <p>Blank lines are not records. A line may cross the members of a compressed file. The offset of
 * an item is its line number, or its number in the array, from 1. A place is the offset of a line;
 * in compressed files that of the member or frame it starts in, and the depth in it, which a
 * restart decompresses without parsing. Damaged compression ends the file: where the next line
 * starts is not known behind it.
 */
public final class JsonLinesReader implements RecordReader {

  /** U+FEFF in UTF-8. */
  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final Origin origin;
  private final boolean compressed;
  private final StorageFile file;
  private final SegmentInput in;
  private final Optional<JsonArray> array;
  private ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean inLine;
  private long number;
  private boolean done;

  /** Opens a file at its start, or where an earlier reader of it stopped. */
  public JsonLinesReader(Origin origin, Path path, Place from) throws IOException {
    String name = origin.file().toLowerCase(Locale.ROOT);
    this.origin = origin;
    this.compressed = name.endsWith(".gz") || name.endsWith(".zst");
    this.file = new StorageFile(path);
    this.array = JsonArray.of(path, name, from.number() == 0);
    this.in = new SegmentInput(file, name, from.offset(), from.depth());
    this.number = from.number();
    this.done = from.equals(Place.END);
  }

  @Override
  public Optional<Item> next() throws IOException {
    while (!done) {
      number++;
      boolean fits;
      try {
        fits = readLine();
      } catch (ReadFailure e) {
        throw e;
      } catch (IOException e) {
        done = true;
        return Optional.of(broken("jsonl.truncated", Origin.said(e), "intact compressed data"));
      }
      if (!fits) {
        return Optional.of(origin.tooLarge("", number));
      }
      byte[] bytes = withoutMark(line.toByteArray());
      if (number == 1 && startsLikeUtf16(bytes)) {
        done = true;
        return Optional.of(
            broken(
                "jsonl.syntax",
                "UTF-16, rest of the file",
                "one JSON object in UTF-8, on one line"));
      }
      if (!isBlank(bytes)) {
        return Optional.of(JsonRecord.item(origin, number, bytes, JsonRecord.Fields.STANDARD));
      }
    }
    return Optional.empty();
  }

  @Override
  public Place place() {
    return done ? Place.END : new Place("", in.offset(), in.depth(), number, 0);
  }

  /** Reads a line without its end; false if it was longer than allowed. Sets done at the end. */
  private boolean readLine() throws IOException {
    line.reset();
    inLine = true;
    boolean fits = true;
    while (true) {
      ByteBuffer bytes = in.bytes();
      if (!bytes.hasRemaining()) {
        done = true;
        inLine = false;
        if (compressed && file.size() == 0) {
          throw new EOFException("compressed data must not be empty");
        }
        return fits;
      }
      int start = bytes.position();
      int stop = end(bytes);
      fits &= line.size() + stop - start <= JsonRecord.MAX_BYTES;
      if (fits) {
        line.write(bytes.array(), start, stop - start);
      }
      boolean ended = stop < bytes.limit();
      bytes.position(ended ? stop + 1 : stop);
      inLine = !ended;
      if (ended) {
        return fits;
      }
    }
  }

  /** Returns where the present record ends, or the buffer. */
  private int end(ByteBuffer bytes) {
    if (array.isPresent()) {
      return array.get().end(bytes);
    }
    int end = bytes.position();
    while (end < bytes.limit() && bytes.array()[end] != '\n') {
      end++;
    }
    return end;
  }

  @Override
  public void abandon() throws IOException {
    line = new ByteArrayOutputStream(); // what it has grown to may be what is missing
    try {
      while (inLine && in.bytes().hasRemaining()) {
        int end = end(in.bytes());
        inLine = end == in.bytes().limit();
        in.bytes().position(inLine ? end : end + 1);
      }
    } catch (ReadFailure e) {
      throw e;
    } catch (IOException e) {
      // Damage, which reading the next line meets again.
    }
  }

  /** Files that were joined have a mark at the start of each. */
  private byte[] withoutMark(byte[] record) {
    int start =
        record.length > 2 && record[0] == MARK[0] && record[1] == MARK[1] && record[2] == MARK[2]
            ? 3
            : 0;
    if (array.isPresent() && number == 1) {
      while (start < record.length && record[start] != '[') {
        start++;
      }
      start++;
    }
    return start == 0
        ? record
        : Arrays.copyOfRange(record, Math.min(start, record.length), record.length);
  }

  private static boolean startsLikeUtf16(byte[] bytes) {
    int mark = bytes.length < 2 ? 0 : (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
    return mark == 0xfeff || mark == 0xfffe;
  }

  private static boolean isBlank(byte[] bytes) {
    for (byte b : bytes) {
      if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
        return false;
      }
    }
    return true;
  }

  private Item broken(String reason, String value, String threshold) {
    return origin.broken("", number, reason, value, threshold);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
