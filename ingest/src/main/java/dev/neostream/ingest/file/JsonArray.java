package dev.neostream.ingest.file;

import dev.neostream.ingest.segment.ReadFailure;
import dev.neostream.ingest.segment.SegmentInput;
import dev.neostream.ingest.segment.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds the ends of the elements of an array that is a whole file, without parsing them. Between
 * two elements it remembers nothing, so that reading can go on there. What stands behind the array
 * is one more element, blank in a sound file.
 */
final class JsonArray {

  /** White space, and the bytes of U+FEFF in UTF-8. */
  private static final String PREFIX = " \t\r\n\u00ef\u00bb\u00bf";

  private int depth;
  private boolean inString;
  private boolean escaped;

  private JsonArray(int depth) {
    this.depth = depth;
  }

  /**
   * Returns a finder of ends if a file is called {@code .json} and starts with a bracket.
   *
   * @param name of the file in lower case
   * @param first whether reading begins in front of that bracket
   * @throws ReadFailure if the storage fails
   */
  static Optional<JsonArray> of(Path path, String name, boolean first) throws IOException {
    if (!name.matches("(?s).*\\.json(\\.gz|\\.zst)?")) {
      return Optional.empty();
    }
    try (var in = new SegmentInput(new StorageFile(path), name, 0, 0)) {
      ByteBuffer bytes = in.bytes();
      int start = bytes.position();
      while (start < bytes.limit() && PREFIX.indexOf(bytes.get(start) & 0xff) >= 0) {
        start++;
      }
      boolean array = start < bytes.limit() && bytes.get(start) == '[';
      return array ? Optional.of(new JsonArray(first ? -1 : 0)) : Optional.empty();
    } catch (ReadFailure e) {
      throw e;
    } catch (IOException e) {
      return Optional.empty(); // damage, which reading meets again and reports
    }
  }

  /** Returns the index of what ends the present element, a comma or the bracket, or the limit. */
  int end(ByteBuffer bytes) {
    byte[] array = bytes.array();
    for (int i = bytes.position(); i < bytes.limit(); i++) {
      byte b = array[i];
      if (inString) {
        inString = escaped || b != '"';
        escaped = !escaped && b == '\\';
      } else if (b == '"') {
        inString = true;
      } else if (b == '[' || b == '{') {
        depth++;
      } else if (depth == 0 && (b == ',' || b == ']')) {
        return i;
      } else if (b == ']' || b == '}') {
        depth = Math.max(0, depth - 1);
      }
    }
    return bytes.limit();
  }
}
