package dev.neostream.ops.file;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** Texts in a temporary file, by document. Texts may be read by several threads at once. */
final class TextSpill implements AutoCloseable {

  private final FileChannel file;
  private final long[] places;
  private final int[] lengths;
  private long end;

  /**
   * @param documents whose texts may be put, from 0
   */
  TextSpill(Path folder, int documents) throws IOException {
    Path path = Files.createTempFile(folder, ".dedup-", ".partial");
    path.toFile().deleteOnExit();
    file =
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    places = new long[documents];
    lengths = new int[documents];
    Arrays.fill(lengths, -1);
  }

  /** Puts the text of a document, in the place of an earlier one. */
  void put(int document, byte[] utf8) throws IOException {
    places[document] = end;
    lengths[document] = utf8.length;
    ByteBuffer left = ByteBuffer.wrap(utf8);
    while (left.hasRemaining()) {
      end += file.write(left, end);
    }
  }

  /** Whether a text of this document was put. */
  boolean has(int document) {
    return lengths[document] >= 0;
  }

  void remove(int document) {
    lengths[document] = -1;
  }

  byte[] get(int document) throws IOException {
    var text = ByteBuffer.allocate(lengths[document]);
    while (text.hasRemaining()) {
      if (file.read(text, places[document] + text.position()) < 0) {
        throw new EOFException("a temporary file of texts ends too early: document=" + document);
      }
    }
    return text.array();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
