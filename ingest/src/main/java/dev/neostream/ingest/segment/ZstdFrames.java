package dev.neostream.ingest.segment;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdDictDecompress;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.ZipException;

/**
 * The frames of a zstd file (RFC 8878), each a segment. A skippable frame is a segment without
 * bytes.
 *
 * <p>A file may start with a skippable frame that holds the dictionary of all others, itself
 * compressed or not: "WARC file format: zstd compression", IIPC 2021, section 4. Windows of more
 * than 128 MiB ({@code zstd --long=28} and up) are refused, as by zstd itself.
 */
final class ZstdFrames extends Members {

  private static final int FRAME = 0xfd2fb528;
  private static final int SKIPPABLE_FRAME = 0x184d2a50; // its lowest four bits are free
  private static final int DICTIONARY_FRAME = 0x184d2a5d;
  private static final int MAX_DICTIONARY_BYTES = 16 << 20;

  private final ZstdDecompressCtx context = new ZstdDecompressCtx();
  private final ByteBuffer out = ByteBuffer.allocateDirect(1 << 16).flip();
  private final StorageFile file;
  private boolean searched;
  private ZstdDictDecompress dictionary;
  private long compressed;
  private boolean complete;

  ZstdFrames(StorageFile file, Rewinds rewinds, long depth) {
    super(file, ByteBuffer.allocateDirect(1 << 16), rewinds, depth);
    this.file = file;
  }

  static boolean isMagic(byte[] bytes) {
    int magic = littleEndian(bytes).getInt();
    return magic == FRAME || (magic & 0xfffffff0) == SKIPPABLE_FRAME;
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void loadDictionary() throws IOException {
    ByteBuffer header = littleEndian(file.read(2 * Integer.BYTES));
    if (header.remaining() < 2 * Integer.BYTES || header.getInt() != DICTIONARY_FRAME) {
      return;
    }
    long length = Integer.toUnsignedLong(header.getInt());
    if (length > MAX_DICTIONARY_BYTES) {
      throw new ZipException(
          "zstd dictionary must have at most " + MAX_DICTIONARY_BYTES + " bytes: n=" + length);
    }
    byte[] content = file.read((int) length);
    if (content.length >= Integer.BYTES && littleEndian(content).getInt() == FRAME) {
      content = decompressDictionary(content);
    }
    dictionary = new ZstdDictDecompress(content);
  }

  private static byte[] decompressDictionary(byte[] frame) throws ZipException {
    try {
      long size = Zstd.getFrameContentSize(frame);
      int most = size > 0 ? (int) Math.min(size, MAX_DICTIONARY_BYTES) : MAX_DICTIONARY_BYTES;
      return Zstd.decompress(frame, most);
    } catch (ZstdException e) {
      throw new ZipException("zstd dictionary must be readable: " + e.getMessage());
    }
  }

  @Override
  void begin() throws IOException {
    if (!searched) {
      long position = file.position();
      file.seek(file.start());
      loadDictionary();
      file.seek(position);
      searched = true;
    }
    context.reset(); // drops the dictionary too
    if (dictionary != null) {
      context.loadDict(dictionary);
    }
    out.clear().flip();
    compressed = 0;
    complete = false;
  }

  @Override
  int decompress(ByteBuffer buffer) throws IOException {
    while (!out.hasRemaining()) {
      if (complete) {
        return -1;
      }
      requireInput();
      int before = in.position();
      out.clear();
      try {
        complete = context.decompressDirectByteBufferStream(out, in);
      } catch (ZstdException e) {
        throw new ZipException("zstd frame must decompress: " + e.getMessage());
      } finally {
        out.flip();
      }
      compressed += in.position() - before;
    }
    int count = Math.min(out.remaining(), buffer.remaining());
    buffer.put(out.slice(out.position(), count));
    out.position(out.position() + count);
    return count;
  }

  @Override
  long compressed() {
    return compressed;
  }

  @Override
  boolean isMagic(int lastThreeBytes) {
    return lastThreeBytes == 0x28b52f; // the fourth byte is left to the decoder
  }

  @Override
  public void close() throws IOException {
    context.close();
    if (dictionary != null) {
      dictionary.close();
    }
    super.close();
  }
}
