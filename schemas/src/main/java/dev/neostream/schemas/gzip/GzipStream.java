package dev.neostream.schemas.gzip;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.ZipException;

/**
 * The members of a gzip stream joined, as gunzip joins them.
 *
 * <p>{@link java.util.zip.GZIPInputStream} asks {@code available()} whether another member follows,
 * which many streams answer with 0 though one does: all behind the first is lost without a word.
 * And it calls itself once for each member without content, so that a few kilobytes of them
 * overflow the stack. Here only the bytes say what follows, and members are a loop.
 *
 * <p>How much is read, and so inflated, is the caller's to bound. Not thread-safe; closing it
 * closes the stream below.
 */
public final class GzipStream extends InputStream {

  /**
   * Most members without content. Writers that end each flush or file with one reach hundreds; a
   * stream of nothing else would keep a reader busy for no byte.
   */
  static final int MAX_EMPTY_MEMBERS = 1 << 16;

  private static final int BUFFER_BYTES = 1 << 13;

  private final InputStream in;
  private final boolean lenient;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();
  private final GzipMember member = new GzipMember(this::bytes);
  private boolean started;
  private boolean inMember;
  private boolean ended;
  private int emptyMembers;

  private GzipStream(InputStream in, boolean lenient) {
    this.in = in;
    this.lenient = lenient;
  }

  /**
   * Reads a file as gunzip does: behind the last member may come zeros, which fill blocks of tapes;
   * anything else is damage.
   */
  public static GzipStream ofFile(InputStream in) {
    return new GzipStream(in, false);
  }

  /**
   * Reads a body as browsers do: what is no member behind the last one is passed over, and a last
   * member whose data is whole may lack its checksum and length.
   */
  public static GzipStream ofBody(InputStream in) {
    return new GzipStream(in, true);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /**
   * Reads some bytes; returns their number, or -1 behind the last member.
   *
   * @throws EOFException if the data ends inside a member, or holds none
   * @throws ZipException if the data is damaged
   */
  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (inMember || advance()) {
      int count = member.inflate(ByteBuffer.wrap(bytes, offset, length));
      if (count > 0) {
        return count;
      }
      leaveMember();
    }
    return -1;
  }

  private boolean advance() throws IOException {
    if (started && !ended) {
      ended = !bytes().hasRemaining() || !lenient && skipPadding();
    }
    if (ended) {
      return false;
    }
    inMember = member.begin();
    if (!inMember) {
      if (!started || !lenient) {
        throw new ZipException("gzip member must start with 1f 8b");
      }
      ended = true;
    }
    started = true;
    return inMember;
  }

  /** Goes behind zeros; whether there were any. */
  private boolean skipPadding() throws IOException {
    if (buffer.get(buffer.position()) != 0) {
      return false;
    }
    while (bytes().hasRemaining()) {
      if (buffer.get() != 0) {
        throw new ZipException("padding behind a gzip member must be zeros up to the end");
      }
    }
    return true;
  }

  private void leaveMember() throws IOException {
    inMember = false;
    try {
      member.verify();
    } catch (EOFException e) {
      if (!lenient) {
        throw e;
      }
    }
    if (member.inflated() == 0 && ++emptyMembers > MAX_EMPTY_MEMBERS) {
      throw new ZipException(
          "gzip data must have few members without content: n>" + MAX_EMPTY_MEMBERS);
    }
  }

  private ByteBuffer bytes() throws IOException {
    if (!buffer.hasRemaining()) {
      int count = in.read(buffer.array());
      buffer.clear().limit(Math.max(count, 0));
    }
    return buffer;
  }

  @Override
  public void close() throws IOException {
    member.close();
    in.close();
  }
}
