package dev.neostream.ingest.segment;

import dev.neostream.schemas.gzip.GzipMember;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.ZipException;

/** The members of a gzip file (RFC 1952), each a segment. */
final class GzipMembers extends Members {

  private final GzipMember member = new GzipMember(this::bytes);

  GzipMembers(StorageFile file, Rewinds rewinds, long depth) {
    super(file, ByteBuffer.allocate(1 << 16), rewinds, depth);
  }

  @Override
  void begin() throws IOException {
    if (!member.begin()) {
      throw new ZipException("gzip member must start with 1f 8b");
    }
  }

  @Override
  int decompress(ByteBuffer buffer) throws IOException {
    int count = member.inflate(buffer);
    if (count < 0) {
      member.verify();
    }
    return count;
  }

  @Override
  long compressed() {
    return member.compressed();
  }

  @Override
  boolean isMagic(int lastThreeBytes) {
    return lastThreeBytes
        == (GzipMember.MAGIC_1 << 16 | (GzipMember.MAGIC_2 & 0xff) << 8 | GzipMember.DEFLATE);
  }

  @Override
  public void close() throws IOException {
    member.close();
    super.close();
  }
}
