package dev.neostream.ingest.segment;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file that is not compressed: one segment. */
final class PlainFile implements Segments {

  private final StorageFile file;
  private final Rewinds rewinds;
  private boolean entered;

  PlainFile(StorageFile file, Rewinds rewinds) {
    this.file = file;
    this.rewinds = rewinds;
  }

  @Override
  public boolean advance() {
    boolean first = !entered;
    entered = true;
    return first;
  }

  /** Goes back into the damaged record: its wrong length may have swallowed its successors. */
  @Override
  public boolean recover(long offset, ByteBuffer buffer) {
    long reached = offset(buffer.remaining());
    buffer.clear().flip();
    file.seek(rewinds.from(Math.min(offset + 1, reached), reached));
    return true;
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    return file.read(buffer);
  }

  @Override
  public long offset(int unread) {
    return file.position() - unread;
  }

  @Override
  public long depth(int unread) {
    return 0;
  }

  @Override
  public long next() {
    return file.position();
  }

  @Override
  public long rereadable() {
    return rewinds.left();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
