package dev.neostream.ops.embedded;

import dev.neostream.schemas.Durable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.local.LocalFileSystem;

/**
 * Flink's files of this machine, on the disk once they are closed: a checkpoint must outlive a
 * power cut before the transactions that rest on it are committed. Flink's own leaves that to the
 * operating system.
 */
public final class DurableFileSystem extends LocalFileSystem {

  /** Takes the place of Flink's own for {@code file:}; found through {@code META-INF/services}. */
  public static final class Factory implements FileSystemFactory {

    private static final FileSystem FILES = new DurableFileSystem();

    @Override
    public String getScheme() {
      return getLocalFsURI().getScheme();
    }

    @Override
    public FileSystem create(URI uri) {
      return FILES;
    }

    @Override
    public int getPriority() {
      return 1;
    }
  }

  @Override
  public boolean mkdirs(org.apache.flink.core.fs.Path folder) throws IOException {
    Durable.createFolder(pathToFile(folder).toPath());
    return true;
  }

  @Override
  public FSDataOutputStream create(org.apache.flink.core.fs.Path file, WriteMode mode)
      throws IOException {
    return new Forced(super.create(file, mode), pathToFile(file).toPath().toAbsolutePath());
  }

  @Override
  public boolean rename(org.apache.flink.core.fs.Path from, org.apache.flink.core.fs.Path to)
      throws IOException {
    boolean renamed = super.rename(from, to);
    if (renamed) {
      Durable.force(pathToFile(to).toPath().toAbsolutePath().getParent());
    }
    return renamed;
  }

  private static final class Forced extends FSDataOutputStream {

    private final FSDataOutputStream out;
    private final Path file;
    private boolean closed;

    Forced(FSDataOutputStream out, Path file) {
      this.out = out;
      this.file = file;
    }

    @Override
    public long getPos() throws IOException {
      return out.getPos();
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void sync() throws IOException {
      out.sync();
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      out.close();
      Durable.force(file);
      Durable.force(file.getParent());
    }
  }
}
