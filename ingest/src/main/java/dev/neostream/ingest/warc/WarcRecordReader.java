package dev.neostream.ingest.warc;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.MediaTypes;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.RecordReader;
import dev.neostream.ingest.segment.ReadFailure;
import dev.neostream.ingest.segment.Segments;
import dev.neostream.ingest.segment.StorageFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipException;

/**
 * Reads WARC, WET and ARC files, plain, gzip or zstd: one item a record.
 *
 * <pre>
 *   response, status 200, HTML or text       document, content and transfer encoding removed
 *   resource of the web, HTML or text        document
 *   conversion, HTML or text (WET)           document
 *   other status                             warc.http_status
 *   other media type                         warc.media_type
 *   any other record, a part of a record     warc.record_type
 *   not parseable, wrong length              warc.syntax    then on at the next record
 *   file or compressed member ends inside    warc.truncated then on at the next record
 *   compressed data damaged                  warc.compression then on at the next sound member
 *   HTTP message not parseable or decodable  warc.http
 *   file without any record                  warc.empty
 * </pre>
 *
 * <p>A response without a media type has the one that the crawler identified, or is HTML if it
 * starts like HTML. One without an HTTP header, as early crawlers wrote, is its payload. The offset
 * of an item is that of its record in the file, or of the compressed member it is in. A damaged
 * stretch is one item, however many records it held.
 *
 * <p>A place is a record's offset; in compressed files that of its member, and the depth in it. So
 * a restart reads nothing again where each record is a member of its own, as it should be, and
 * inflates without parsing where one member holds many.
 *
 * <p>Header and body are parsed in the buffers they were read or inflated into; a payload is copied
 * once, at its exact size.
 */
public final class WarcRecordReader implements RecordReader {

  /** Longest header, and longest line that is searched for the start of a record. */
  private static final int MAX_HEADER_BYTES = 1 << 20;

  /** Twice a payload: it may be longer before its encodings are removed. */
  private static final int MAX_BODY_BYTES = 2 * Item.MAX_PAYLOAD_BYTES;

  /** U+FEFF in UTF-8. */
  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private enum State {
    BETWEEN_SEGMENTS,
    IN_SEGMENT,
    DAMAGED
  }

  private final Origin origin;
  private final Segments segments;
  private ByteBuffer buffer = ByteBuffer.allocate(1 << 15).flip();
  private byte[] body = new byte[1 << 16];
  private State state = State.BETWEEN_SEGMENTS;
  private boolean inRecord;
  private long offset;
  private long items;

  /** Opens a file at its start, or where an earlier reader of it stopped. */
  public WarcRecordReader(Origin origin, Path path, Place from) throws IOException {
    this(origin, new StorageFile(path), origin.file(), from);
  }

  /**
   * Opens a part of a file.
   *
   * @param name what says how the part is compressed, as a file's name does
   */
  WarcRecordReader(Origin origin, StorageFile part, String name, Place from) throws IOException {
    this.origin = origin;
    this.segments = Segments.of(part, name, from.offset(), from.depth(), from.rereadable());
    this.items = from.number();
  }

  @Override
  public Optional<Item> next() throws IOException {
    Optional<Item> item;
    try {
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
    leaveDamage();
    return item;
  }

  @Override
  public Place place() {
    boolean inside = state == State.IN_SEGMENT;
    return new Place(
        "",
        inside ? segments.offset(buffer.remaining()) : segments.next(),
        inside ? segments.depth(buffer.remaining()) : 0,
        items,
        segments.rereadable());
  }

  @Override
  public void abandon() throws IOException {
    body = new byte[1 << 16]; // what it has grown to may be what is missing
    items++;
    if (inRecord) {
      state = State.DAMAGED;
      leaveDamage();
    }
  }

  /** Goes to the start of the next record, or what stands in its place; false at the file's end. */
  private boolean findRecord() throws IOException {
    while (state == State.IN_SEGMENT || segments.advance()) {
      state = State.IN_SEGMENT;
      if (skipNewlines()) {
        offset = segments.offset(buffer.remaining());
        return true;
      }
      state = State.BETWEEN_SEGMENTS;
    }
    return false;
  }

  /**
   * Goes on behind a damaged record at once, so that every place is one where reading can start.
   */
  private void leaveDamage() throws ReadFailure {
    while (state == State.DAMAGED) {
      try {
        if (segments.recover(offset, buffer)) {
          skipLine();
          skipToRecord();
          state = State.IN_SEGMENT;
        } else {
          state = State.BETWEEN_SEGMENTS;
        }
      } catch (ReadFailure e) {
        throw e;
      } catch (IOException e) {
        // The damage goes on.
      }
    }
  }

  private Item readRecord() throws ReadFailure {
    String url = "";
    inRecord = true;
    try {
      RecordHeader header = readHeader();
      url = header.url();
      Item item = read(header);
      requireEnd();
      if (!skipNewlines()) {
        state = State.BETWEEN_SEGMENTS;
      }
      return item;
    } catch (ReadFailure e) {
      throw e;
    } catch (IOException e) {
      return damaged(url, e);
    }
  }

  private RecordHeader readHeader() throws IOException {
    int line = bufferLine();
    if (startsWithWarc(line)) {
      int end = bufferHeader();
      int start = buffer.position();
      buffer.position(end - 1); // damage takes away what was searched, all but the line end
      RecordHeader header = RecordHeader.ofWarc(buffer.array(), start, end);
      buffer.position(end);
      return header;
    }
    String arc = line(line);
    if ("WARC/".startsWith(arc)) {
      throw new EOFException();
    }
    RecordHeader header = RecordHeader.ofArc(arc);
    if (!arc.endsWith("\n")) {
      throw new EOFException();
    }
    buffer.position(buffer.position() + line);
    return header;
  }

  /** Buffers a whole header; returns its end in the buffer. */
  private int bufferHeader() throws IOException {
    int end = Headers.end(buffer.array(), buffer.position(), buffer.limit());
    while (end < 0) {
      int size = buffer.remaining();
      if (size >= MAX_HEADER_BYTES) {
        // Or a file of header starts would be searched once for each of them.
        buffer.position(buffer.limit() - 1);
        throw new FormatException("header must have at most " + MAX_HEADER_BYTES + " bytes");
      }
      fill(2 * size);
      if (buffer.remaining() == size) {
        buffer.position(buffer.limit() - 1);
        throw new EOFException();
      }
      end = Headers.end(buffer.array(), buffer.position(), buffer.limit());
    }
    return end;
  }

  /** Returns what a record holds, its body being read whatever it is. */
  private Item read(RecordHeader header) throws IOException {
    boolean wanted =
        switch (header.type()) {
          case "response", "conversion" -> !header.segmented();
          case "resource" -> !header.segmented() && isOfWeb(header.url());
          default -> false;
        };
    int length = wanted ? readBody((int) Math.min(header.length(), MAX_BODY_BYTES)) : 0;
    skip(header.length() - length);
    inRecord = false;
    if (!wanted) {
      String value =
          header.segmented()
              ? header.type() + ", segmented"
              : header.type().equals("resource") ? "resource outside the web" : header.type();
      return broken(
          header.url(), "warc.record_type", value, "a whole response, resource or conversion");
    }
    try {
      return header.type().equals("response")
          ? response(header, length)
          : payload(header, ContentType.known(header.contentType()), length);
    } catch (IOException e) { // trouble inside the body stays inside the body
      return header.length() > length
          ? origin.tooLarge(header.url(), offset)
          : broken(header.url(), "warc.http", e, "a readable HTTP message");
    }
  }

  private static boolean isOfWeb(String url) {
    return url.regionMatches(true, 0, "http://", 0, 7)
        || url.regionMatches(true, 0, "https://", 0, 8);
  }

  private Item response(RecordHeader header, int length) throws IOException {
    Optional<ContentType> declared = ContentType.known(header.contentType());
    boolean http = declared.map(type -> type.name().equals("application/http")).orElse(false);
    if (!http && !HttpResponse.isHead(body, 0, length)) {
      return payload(header, declared, length); // early crawlers stored no HTTP header
    }
    HttpResponse response = HttpResponse.parse(body, 0, length);
    if (response.status() != 200) {
      return broken(header.url(), "warc.http_status", String.valueOf(response.status()), "200");
    }
    Optional<ContentType> contentType =
        PayloadType.of(response.contentType(), header.identifiedType());
    if (contentType.isPresent() && !PayloadType.isText(contentType.get())) {
      return document(header, contentType, new byte[0]); // not worth decoding
    }
    return document(header, contentType, response.body(header.truncated().isPresent()));
  }

  private Item payload(RecordHeader header, Optional<ContentType> declared, int length) {
    byte[] payload = Arrays.copyOf(body, Math.min(length, Item.MAX_PAYLOAD_BYTES + 1));
    return document(header, PayloadType.of(declared, header.identifiedType()), payload);
  }

  /** Returns the document a payload is, or why it is none. */
  private Item document(RecordHeader header, Optional<ContentType> contentType, byte[] payload) {
    String name =
        contentType
            .map(ContentType::name)
            .orElseGet(() -> MediaTypes.isHtml(payload) ? "text/html" : "none");
    Optional<String> textType = PayloadType.text(name);
    if (textType.isEmpty()) {
      return broken(header.url(), "warc.media_type", name, "HTML or text");
    }
    if (header.url().isEmpty()) {
      return broken("", "warc.syntax", "no WARC-Target-URI", "a document's url");
    }
    if (payload.length > Item.MAX_PAYLOAD_BYTES) {
      return origin.tooLarge(header.url(), offset);
    }
    return new Item.Document(
        origin.source(),
        header.url(),
        origin.file(),
        offset,
        textType.get(),
        contentType.flatMap(ContentType::charset),
        Optional.empty(),
        header.millis(),
        header
            .truncated()
            .map(reason -> Map.of("warc-truncated", TextNode.valueOf(reason).toString()))
            .orElse(Map.of()),
        payload);
  }

  /**
   * Reads the first {@code length} bytes of a body; what is there decides how much is allocated.
   */
  private int readBody(int length) throws IOException {
    int read = Math.min(length, buffer.remaining());
    reserveBody(read, length);
    buffer.get(body, 0, read);
    while (read < length) {
      reserveBody(read + 1, length);
      int count = segments.read(ByteBuffer.wrap(body, read, Math.min(length, body.length) - read));
      if (count < 0) {
        throw new EOFException();
      }
      read += count;
    }
    return length;
  }

  private void reserveBody(int needed, int most) {
    if (needed > body.length) {
      body = Arrays.copyOf(body, Math.max(needed, Math.min(most, 2 * body.length)));
    }
  }

  private void skip(long count) throws IOException {
    for (long left = count; left > 0; ) {
      if (!fill(1)) {
        throw new EOFException();
      }
      int step = (int) Math.min(left, buffer.remaining());
      buffer.position(buffer.position() + step);
      left -= step;
    }
  }

  /**
   * Behind a record must come a line end, the next record or the end of the segment, or its length
   * is wrong. Some ARC writers leave the line end out.
   */
  private void requireEnd() throws IOException {
    if (fill(1) && !isNewline(buffer.get(buffer.position())) && !startsRecord(bufferLine())) {
      throw new FormatException("record must end where its Content-Length says");
    }
  }

  /**
   * Goes to the next byte that is neither a line end nor of a mark of UTF-8, which some editors put
   * in front; false at the end of the segment.
   */
  private boolean skipNewlines() throws IOException {
    while (fill(1)) {
      byte b = buffer.get(buffer.position());
      if (b == MARK[0] && fill(MARK.length) && startsWithMark()) {
        buffer.position(buffer.position() + MARK.length);
      } else if (isNewline(b)) {
        buffer.get();
      } else {
        return true;
      }
    }
    return false;
  }

  private boolean startsWithMark() {
    return buffer.remaining() >= MARK.length
        && buffer.get(buffer.position() + 1) == MARK[1]
        && buffer.get(buffer.position() + 2) == MARK[2];
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
    return Headers.lineEnd(buffer.array(), buffer.position(), buffer.limit()) - buffer.position();
  }

  private boolean startsRecord(int length) {
    if (startsWithWarc(length)) {
      return true;
    }
    try {
      RecordHeader.ofArc(line(length));
      return true;
    } catch (FormatException e) {
      return false;
    }
  }

  private boolean startsWithWarc(int length) {
    return length >= 5 && line(5).equals("WARC/");
  }

  private String line(int length) {
    return new String(buffer.array(), buffer.position(), length, StandardCharsets.ISO_8859_1);
  }

  /** Buffers up to {@code count} bytes of the segment; false if there is none. */
  private boolean fill(int count) throws IOException {
    while (buffer.remaining() < count) {
      if (count > buffer.capacity()) {
        buffer = ByteBuffer.allocate(count).put(buffer).flip();
      }
      buffer.compact();
      int read;
      try {
        read = segments.read(buffer);
      } finally {
        buffer.flip();
      }
      if (read < 0) {
        break;
      }
    }
    return buffer.hasRemaining();
  }

  private Item.Broken damaged(String url, IOException e) {
    state = State.DAMAGED;
    if (e instanceof EOFException) {
      return broken(url, "warc.truncated", "data ends inside the record", "a whole record");
    }
    return e instanceof ZipException
        ? broken(url, "warc.compression", e, "a sound member")
        : broken(url, "warc.syntax", e, "a well-formed record");
  }

  private Item.Broken broken(String url, String reason, IOException e, String threshold) {
    return origin.broken(url, offset, reason, e, threshold);
  }

  private Item.Broken broken(String url, String reason, String value, String threshold) {
    return origin.broken(url, offset, reason, value, threshold);
  }

  @Override
  public void close() throws IOException {
    segments.close();
  }
}
