package dev.neostream.ops.file;

import com.github.luben.zstd.ZstdOutputStream;
import dev.neostream.ops.UserError;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/**
 * A file of lines that appears when it is complete: written beside its place, then moved there.
 * Compressed when its name ends with {@code .gz} or {@code .zst}.
 */
public final class LineFile implements AutoCloseable {

  private static final int BUFFER = 1 << 16;

  private final Path path;
  private final Optional<Path> partial;
  private final OutputStream out;
  private boolean complete;

  /**
   * @throws UserError if the file cannot be written
   */
  public LineFile(Path path) {
    if (path.getFileName() == null || Files.isDirectory(path)) {
      throw UserError.usage("an output must be a file, not a folder: file=" + path);
    }
    this.path = target(path);
    // What is no file, such as a pipe, is written as it is.
    partial =
        Files.exists(this.path) && !Files.isRegularFile(this.path)
            ? Optional.empty()
            : Optional.of(this.path.resolveSibling("." + this.path.getFileName() + ".partial"));
    try {
      if (this.path.getParent() != null) {
        Files.createDirectories(this.path.getParent());
      }
      String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
      OutputStream file =
          new BufferedOutputStream(Files.newOutputStream(partial.orElse(this.path)), BUFFER);
      partial.ifPresent(p -> p.toFile().deleteOnExit());
      out =
          name.endsWith(".gz")
              ? new GZIPOutputStream(file, BUFFER)
              : name.endsWith(".zst") ? new ZstdOutputStream(file) : file;
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Returns what a path stands for: a link's target is written, not the link replaced. */
  private static Path target(Path path) {
    try {
      return Files.exists(path) ? path.toRealPath() : path.toAbsolutePath().normalize();
    } catch (IOException e) {
      return path.toAbsolutePath().normalize();
    }
  }

  /** Whether two paths stand for one file, which may not be there yet. */
  public static boolean isSame(Path one, Path other) {
    return target(one).equals(target(other));
  }

  private UserError unwritable(IOException e) {
    return new UserError("the output must be writable: file=" + path + ", problem=" + e, e);
  }

  /**
   * @throws UserError if the disk is full, or the file cannot be written for another reason
   */
  void write(byte[] line) {
    try {
      out.write(line);
      out.write('\n');
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Puts the file into its place, replacing what was there. */
  void complete() {
    try {
      out.close();
      if (partial.isPresent()) {
        Files.move(partial.get(), path, StandardCopyOption.REPLACE_EXISTING);
      }
      complete = true;
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  @Override
  public void close() {
    if (complete) {
      return;
    }
    try {
      out.close();
    } catch (IOException e) {
      // The failure that led here is the one to tell.
      complete = false;
    } finally {
      partial.ifPresent(p -> p.toFile().delete());
    }
  }
}
