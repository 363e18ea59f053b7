package dev.neostream.ingest.segment;

import java.util.zip.ZipException;

/**
 * How much a file may still give out, as a whole: what it holds once may be referred to any number
 * of times. Not thread-safe.
 */
public final class Growth {

  private final long fileBytes;
  private long left;

  /**
   * @param fileBytes size of the file
   * @param left what an earlier reader of it had left, negative for as much as a file of its size
   *     is given
   */
  public Growth(long fileBytes, long left) {
    this.fileBytes = fileBytes;
    this.left = left < 0 ? Inflation.most(fileBytes) : left;
  }

  /**
   * Takes bytes off what is left.
   *
   * @throws ZipException if that is less; then nothing is left
   */
  public void spend(long bytes) throws ZipException {
    if (bytes < 0 || bytes > left) {
      left = 0;
      throw new ZipException(
          "file must give at most "
              + Inflation.most(fileBytes)
              + " bytes: size="
              + fileBytes
              + ", next="
              + bytes);
    }
    left -= bytes;
  }

  /** Bytes that may still be given out. */
  public long left() {
    return left;
  }
}
