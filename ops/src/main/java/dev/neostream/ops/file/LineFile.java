package dev.neostream.ops.file;

import com.github.luben.zstd.ZstdOutputStream;
import dev.neostream.ops.config.UserError;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/**
 * A file of lines that appears when it is complete: written beside its place, then moved there.
 * Compressed when its name ends with {@code .gz} or {@code .zst}.
 */
public final class LineFile implements AutoCloseable {

  private static final int BUFFER = 1 << 16;

  private final Path path;
  private final Path partial;
  private final OutputStream out;
  private boolean complete;

  /**
   * @throws UserError if the file cannot be written
   */
  public LineFile(Path path) {
    this.path = path;
    this.partial = path.resolveSibling("." + path.getFileName() + ".partial");
    try {
      if (path.toAbsolutePath().getParent() != null) {
        Files.createDirectories(path.toAbsolutePath().getParent());
      }
      String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
      OutputStream file = new BufferedOutputStream(Files.newOutputStream(partial), BUFFER);
      out =
          name.endsWith(".gz")
              ? new GZIPOutputStream(file, BUFFER)
              : name.endsWith(".zst") ? new ZstdOutputStream(file) : file;
    } catch (IOException e) {
      throw new UserError("the output must be writable: file=" + path + ", problem=" + e, e);
    }
  }

  void write(byte[] line) throws IOException {
    out.write(line);
    out.write('\n');
  }

  /** Puts the file into its place, replacing what was there. */
  void complete() throws IOException {
    out.close();
    complete = true;
    Files.move(partial, path, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() throws IOException {
    if (!complete) {
      out.close();
      Files.deleteIfExists(partial);
    }
  }
}
