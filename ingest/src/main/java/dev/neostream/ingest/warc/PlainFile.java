package dev.neostream.ingest.warc;

import dev.neostream.ingest.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A file that is not compressed: one segment. */
final class PlainFile implements Segments {

  private final StorageFile file;
  private final Rewinds rewinds;
  private boolean entered;

  PlainFile(StorageFile file) throws IOException {
    this.file = file;
    this.rewinds = new Rewinds(file.size());
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
    buffer.clear().flip();
    long reached = file.position();
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
  public void close() throws IOException {
    file.close();
  }
}
