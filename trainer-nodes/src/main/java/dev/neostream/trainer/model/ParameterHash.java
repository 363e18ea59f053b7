package dev.neostream.trainer.model;

import com.dynatrace.hash4j.hashing.ByteAccess;
import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** XXH3-64 of all parameters, fp32 little-endian bytes, in segment order. */
public final class ParameterHash {

  private static final ByteAccess<ByteBuffer> BYTES =
      ByteAccess.forByteBuffer(ByteOrder.LITTLE_ENDIAN);

  private ParameterHash() {}

  /** Returns the hash of a decoder's parameters as they are now. */
  public static long of(Decoder decoder) {
    HashStream64 hash = Hashing.xxh3_64().hashStream();
    for (int segment = 0; segment < decoder.layout().segments().size(); segment++) {
      ByteBuffer bytes = decoder.parameters(segment).order(ByteOrder.LITTLE_ENDIAN);
      hash.putBytes(bytes, 0, bytes.capacity(), BYTES);
    }
    return hash.getAsLong();
  }
}
