package dev.neostream.tokens.pack;

import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The stored form of token ids: little-endian, unsigned, two or four bytes each. */
public final class TokenIds {

  private TokenIds() {}

  /**
   * Returns the narrowest width that holds every id of a vocabulary: 2 up to 65,536 ids, else 4.
   */
  public static int width(int vocabSize) {
    return vocabSize <= 1 << 16 ? 2 : 4;
  }

  /** Returns the bytes of {@code ids}. */
  public static byte[] encode(int[] ids, int width) {
    ByteBuffer out = ByteBuffer.allocate(ids.length * width).order(ByteOrder.LITTLE_ENDIAN);
    for (int id : ids) {
      if (width == 2) {
        out.putShort((short) id);
      } else {
        out.putInt(id);
      }
    }
    return out.array();
  }

  /** Returns the ids in {@code bytes}, which is left as it is. */
  public static int[] decode(ByteBuffer bytes, int width) {
    ByteBuffer in = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int[] ids = new int[in.remaining() / width];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = width == 2 ? Short.toUnsignedInt(in.getShort()) : in.getInt();
    }
    return ids;
  }

  /** Returns XXH3-64 of stored ids, the hash of a block. */
  public static long hash(byte[] bytes) {
    return Hashing.xxh3_64().hashBytesToLong(bytes);
  }
}
