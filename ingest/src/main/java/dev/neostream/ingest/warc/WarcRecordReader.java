package dev.neostream.ingest.warc;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.ReadFailure;
import dev.neostream.ingest.file.RecordReader;
import dev.neostream.ingest.file.StorageFile;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipException;
import org.netpreserve.jwarc.HttpResponse;
import org.netpreserve.jwarc.MediaType;
import org.netpreserve.jwarc.ParsingException;
import org.netpreserve.jwarc.WarcReader;
import org.netpreserve.jwarc.WarcRecord;
import org.netpreserve.jwarc.WarcResponse;
import org.netpreserve.jwarc.WarcTargetRecord;

/**
 * Reads WARC, WET and ARC files, plain or gzip: one item a record.
 *
 * <pre>
 *   response, status 200, HTML or text       document, content and transfer encoding removed
 *   resource of the web, HTML or text        document
 *   conversion, HTML or text (WET)           document
 *   other status                             warc.http_status
 *   other media type                         warc.media_type
 *   any other record, a part of a record     warc.record_type
 *   not parseable, wrong length              warc.syntax    then on at the next record
 *   file or gzip member ends inside          warc.truncated then on at the next record
 *   gzip damage                              warc.gzip      then on at the next sound member
 *   HTTP message not parseable or decodable  warc.http
 *   file without any record                  warc.empty
 * </pre>
 *
 * <p>The offset of an item is that of its record in the file, or of the gzip member it is in. A
 * damaged stretch is one item, however many records it held.
 */
public final class WarcRecordReader implements RecordReader {

  private static final Map<String, String> TEXT_TYPES =
      Map.of(
          "text/html", "text/html",
          "application/xhtml+xml", "text/html",
          "text/plain", "text/plain",
          "text/markdown", "text/markdown");

  /** Longest header, and longest line that is searched for the start of a record. */
  private static final int MAX_HEADER_BYTES = 1 << 20;

  private static final int MAX_IDLE_READS = 100;

  private enum State {
    BETWEEN_SEGMENTS,
    IN_SEGMENT,
    DAMAGED
  }

  private final Origin origin;
  private final Segments segments;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 14).flip();
  private final Allowance channel = new Allowance();
  private State state = State.BETWEEN_SEGMENTS;
  private long offset;
  private long items;

  public WarcRecordReader(Origin origin, Path path) throws IOException {
    this.origin = origin;
    this.segments = Segments.of(new StorageFile(path), origin.file());
  }

  @Override
  public Optional<Item> next() throws IOException {
    Optional<Item> item;
    try {
      channel.allow(Long.MAX_VALUE);
      item = findRecord() ? Optional.of(readRecord()) : Optional.empty();
    } catch (ReadFailure e) {
      throw e;
    } catch (IOException e) {
      offset = segments.offset(buffer.remaining());
      item = Optional.of(damaged("", e));
    }
    if (item.isEmpty() && items == 0) {
      item = Optional.of(origin.broken("", 0, "warc.empty", "no record", "at least one record"));
    }
    items++;
    return item;
  }

  /** Goes to the start of the next record, or what stands in its place; false at the file's end. */
  private boolean findRecord() throws IOException {
    while (true) {
      switch (state) {
        case BETWEEN_SEGMENTS -> {
          if (!segments.advance()) {
            return false;
          }
        }
        case DAMAGED -> {
          if (!segments.recover(offset, buffer)) {
            state = State.BETWEEN_SEGMENTS;
            continue;
          }
          try {
            skipLine();
            skipToRecord();
          } catch (ReadFailure e) {
            throw e;
          } catch (IOException e) {
            continue; // the damage goes on
          }
        }
        case IN_SEGMENT -> {}
      }
      state = State.IN_SEGMENT;
      if (skipNewlines()) {
        offset = segments.offset(buffer.remaining());
        return true;
      }
      state = State.BETWEEN_SEGMENTS;
    }
  }

  private Item readRecord() throws ReadFailure {
    String url = "";
    try {
      channel.allow(MAX_HEADER_BYTES);
      WarcRecord record = parse();
      if (record instanceof WarcTargetRecord target && target.target() != null) {
        url = target.target();
      }
      // Twice: the payload may be longer before its encodings are removed.
      channel.allow(2 * Item.MAX_PAYLOAD_BYTES);
      Item item = interpret(record, url);
      channel.allow(Long.MAX_VALUE);
      record.body().consume();
      requireEnd();
      if (!skipNewlines()) {
        state = State.BETWEEN_SEGMENTS;
      }
      return item;
    } catch (ReadFailure e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      return damaged(url, e);
    }
  }

  /**
   * Parses the record at the buffer's position. A parser of its own for every record: jwarc's walk
   * from record to record returns the last one twice when a file ends in bare line feeds.
   */
  private WarcRecord parse() throws IOException {
    if (buffer.get(buffer.position()) == GzipMembers.MAGIC_1) {
      throw new ParsingException("record must not be compressed twice");
    }
    var parser = new WarcReader(channel, buffer);
    parser.setLenient(true);
    WarcRecord record =
        parser.next().orElseThrow(() -> new EOFException("record must have a header"));
    String length =
        record
            .headers()
            .sole("Content-Length")
            .orElseThrow(() -> new ParsingException("record must have a Content-Length"));
    if (Long.parseLong(length) < 0) {
      throw new ParsingException("Content-Length must be >= 0: length=" + length);
    }
    if (record.headers().sole("WARC-Type").isEmpty()) {
      throw new ParsingException("record must have a WARC-Type");
    }
    return record;
  }

  /** Returns what a record holds. Trouble inside its body stays inside its body. */
  private Item interpret(WarcRecord record, String url) throws ReadFailure {
    try {
      String type = record.type();
      if (record.headers().first("WARC-Segment-Number").isPresent()) {
        return broken(url, "warc.record_type", type + ", segmented", "a whole record");
      }
      return switch (type) {
        case "response" -> response((WarcResponse) record, url);
        case "resource" ->
            url.startsWith("http://") || url.startsWith("https://")
                ? document(record, url, Optional.of(record.contentType()), record.body())
                : broken(url, "warc.record_type", "resource outside the web", "a web page");
        case "conversion" ->
            document(record, url, Optional.of(record.contentType()), record.body());
        default -> broken(url, "warc.record_type", type, "response, resource or conversion");
      };
    } catch (ReadFailure e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      if (channel.isExhausted()) {
        return origin.tooLarge(url, offset);
      }
      return broken(url, "warc.http", String.valueOf(e.getMessage()), "a readable HTTP message");
    }
  }

  private Item response(WarcResponse record, String url) throws IOException {
    if (!record.contentType().base().equals(MediaType.HTTP)) {
      return broken(url, "warc.media_type", name(record.contentType()), "application/http");
    }
    HttpResponse http = record.http();
    if (http.status() != 200) {
      return broken(url, "warc.http_status", String.valueOf(http.status()), "200");
    }
    Optional<MediaType> mediaType =
        http.headers().first("Content-Type").isPresent()
            ? Optional.of(http.contentType())
            : record.identifiedPayloadType();
    return document(record, url, mediaType, http.bodyDecoded());
  }

  private Item document(
      WarcRecord record, String url, Optional<MediaType> mediaType, ReadableByteChannel body)
      throws IOException {
    String name = mediaType.map(WarcRecordReader::name).orElse("none");
    String textType = TEXT_TYPES.get(name);
    if (textType == null) {
      return broken(url, "warc.media_type", name, "HTML or text");
    }
    if (url.isEmpty()) {
      return broken(url, "warc.syntax", "no WARC-Target-URI", "a document's url");
    }
    byte[] payload = read(body);
    if (payload.length > Item.MAX_PAYLOAD_BYTES) {
      return origin.tooLarge(url, offset);
    }
    return new Item.Document(
        origin.source(),
        url,
        origin.file(),
        offset,
        textType,
        mediaType
            .map(type -> type.parameters().get("charset"))
            .filter(charset -> !charset.isBlank()),
        Optional.empty(),
        date(record),
        record
            .headers()
            .first("WARC-Truncated")
            .map(reason -> Map.of("warc-truncated", reason))
            .orElse(Map.of()),
        payload);
  }

  /** Returns the whole body, or its start if it is longer than allowed. */
  private static byte[] read(ReadableByteChannel body) throws IOException {
    var payload = new ByteArrayOutputStream();
    var chunk = ByteBuffer.allocate(1 << 14);
    int idle = 0;
    while (payload.size() <= Item.MAX_PAYLOAD_BYTES) {
      int count = body.read(chunk.clear());
      if (count < 0) {
        break;
      }
      // jwarc's inflater gives nothing for ever when its input ends early.
      idle = count == 0 ? idle + 1 : 0;
      if (idle == MAX_IDLE_READS) {
        throw new EOFException("content encoding must be complete");
      }
      payload.write(chunk.array(), 0, count);
    }
    return payload.toByteArray();
  }

  private static String name(MediaType type) {
    return type.base().toString().toLowerCase(Locale.ROOT);
  }

  private static long date(WarcRecord record) {
    try {
      return record
          .headers()
          .first("WARC-Date")
          .map(date -> Instant.parse(date).toEpochMilli())
          .orElse(0L);
    } catch (DateTimeParseException | ArithmeticException e) {
      return 0;
    }
  }

  /**
   * Behind a record must come a line end, the next record or the end of the segment, or its length
   * is wrong. Some ARC writers leave the line end out.
   */
  private void requireEnd() throws IOException {
    if (fill(1) && !isNewline(buffer.get(buffer.position())) && !startsRecord(bufferLine())) {
      throw new ParsingException("record must end where its Content-Length says");
    }
  }

  /** Goes to the next byte that is no line end; false at the end of the segment. */
  private boolean skipNewlines() throws IOException {
    while (fill(1)) {
      if (!isNewline(buffer.get(buffer.position()))) {
        return true;
      }
      buffer.get();
    }
    return false;
  }

  private static boolean isNewline(byte b) {
    return b == '\r' || b == '\n';
  }

  /** Goes to the next line that may be the first of a record, or to the end of the segment. */
  private void skipToRecord() throws IOException {
    while (fill(1) && !startsRecord(bufferLine())) {
      skipLine();
    }
  }

  private void skipLine() throws IOException {
    boolean ended = false;
    while (!ended && fill(1)) {
      int length = bufferLine();
      buffer.position(buffer.position() + length);
      ended = buffer.get(buffer.position() - 1) == '\n';
    }
  }

  /** Buffers the line at the buffer's position; returns its length, or what fits of it. */
  private int bufferLine() throws IOException {
    int length = lineLength();
    if (buffer.get(buffer.position() + length - 1) != '\n') {
      fill(buffer.capacity());
      length = lineLength();
    }
    return length;
  }

  private int lineLength() {
    int end = buffer.position();
    while (end < buffer.limit()) {
      if (buffer.get(end++) == '\n') {
        break;
      }
    }
    return end - buffer.position();
  }

  /**
   * Whether a line reads {@code WARC/...}, or {@code url ip date type length} as in an ARC file.
   */
  private boolean startsRecord(int length) {
    String line =
        new String(buffer.array(), buffer.position(), length, StandardCharsets.ISO_8859_1).strip();
    String[] fields = line.split(" ");
    return line.startsWith("WARC/")
        || fields.length >= 5 && isNumber(fields[2]) && isNumber(fields[fields.length - 1]);
  }

  private static boolean isNumber(String field) {
    return !field.isEmpty() && field.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Buffers up to {@code count} bytes of the segment; false if there is none. */
  private boolean fill(int count) throws IOException {
    while (buffer.remaining() < count) {
      buffer.compact();
      int read;
      try {
        read = channel.read(buffer);
      } finally {
        buffer.flip();
      }
      if (read < 0) {
        break;
      }
    }
    return buffer.hasRemaining();
  }

  private Item.Broken damaged(String url, Exception e) {
    state = State.DAMAGED;
    if (channel.isExhausted()) {
      return broken(
          url, "warc.syntax", "no end of the header", "at most " + MAX_HEADER_BYTES + " bytes");
    }
    if (e instanceof EOFException) {
      return broken(url, "warc.truncated", "data ends inside the record", "a whole record");
    }
    return e instanceof ZipException
        ? broken(url, "warc.gzip", String.valueOf(e.getMessage()), "a sound gzip member")
        : broken(url, "warc.syntax", message(e), "a well-formed record");
  }

  private static String message(Exception e) {
    return e instanceof ParsingException parsing ? parsing.getBaseMessage() : String.valueOf(e);
  }

  private Item.Broken broken(String url, String reason, String value, String threshold) {
    return origin.broken(url, offset, reason, value, threshold);
  }

  @Override
  public void close() throws IOException {
    segments.close();
  }

  /**
   * The segment as jwarc sees it: it ends after the bytes allowed, so that no header fills the
   * heap.
   */
  private final class Allowance implements ReadableByteChannel {

    private long left;
    private boolean exhausted;

    void allow(long bytes) {
      left = bytes;
      exhausted = false;
    }

    /** Whether more bytes were asked for than allowed. */
    boolean isExhausted() {
      return exhausted;
    }

    @Override
    public int read(ByteBuffer bytes) throws IOException {
      exhausted = left <= 0;
      if (exhausted) {
        return -1;
      }
      int count = segments.read(bytes);
      left -= Math.max(count, 0);
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
