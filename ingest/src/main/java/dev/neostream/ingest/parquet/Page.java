package dev.neostream.ingest.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.neostream.ingest.segment.Inflation;
import dev.neostream.schemas.gzip.GzipStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;
import org.brotli.dec.BrotliInputStream;
import org.xerial.snappy.Snappy;

/** Compression of pages. */
final class Page {

  /** Longest page, compressed or not. Writers aim at 1 MiB and overshoot with long documents. */
  static final int MAX_BYTES = 128 << 20;

  private static final int UNCOMPRESSED = 0;
  private static final int SNAPPY = 1;
  private static final int GZIP = 2;
  private static final int BROTLI = 4;
  private static final int LZ4 = 5;
  private static final int ZSTD = 6;
  private static final int LZ4_RAW = 7;

  private Page() {}

  /**
   * Returns what a page holds, decompressed to exactly {@code size} bytes.
   *
   * @throws ZipException if it is damaged or its codec is not supported
   */
  static byte[] decompress(int codec, byte[] page, int size) throws IOException {
    if (size < 0) {
      throw new ZipException("page must have room for its levels: bytes=" + size);
    }
    Inflation.check(page.length, size);
    byte[] bytes =
        switch (codec) {
          case UNCOMPRESSED -> page;
          case SNAPPY -> snappy(page, size);
          case GZIP -> readAll(GzipStream.ofFile(new ByteArrayInputStream(page)), size);
          case BROTLI -> readAll(new BrotliInputStream(new ByteArrayInputStream(page)), size);
          case LZ4 -> Lz4.framed(page, size);
          case ZSTD -> zstd(page, size);
          case LZ4_RAW -> Lz4.block(page, size);
          default ->
              throw new ZipException(
                  "codec must be none, snappy, gzip, brotli, lz4 or zstd: codec=" + codec);
        };
    if (bytes.length != size) {
      throw new ZipException("page must have " + size + " bytes: n=" + bytes.length);
    }
    return bytes;
  }

  private static byte[] snappy(byte[] page, int size) throws IOException {
    if (!Snappy.isValidCompressedBuffer(page) || Snappy.uncompressedLength(page) != size) {
      throw new ZipException("snappy page must be intact");
    }
    return Snappy.uncompress(page);
  }

  private static byte[] zstd(byte[] page, int size) throws ZipException {
    try {
      return Zstd.decompress(page, size);
    } catch (ZstdException e) {
      throw new ZipException("zstd page must be intact: " + e.getMessage());
    }
  }

  private static byte[] readAll(InputStream decoder, int size) throws IOException {
    try (decoder) {
      return decoder.readNBytes(size + 1);
    }
  }
}
