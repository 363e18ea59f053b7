package dev.neostream.trainer.train;

import dev.neostream.trainer.model.Training;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.OptionalInt;

/**
 * Tells all ranks what one of them holds, by sums to which the others add 0. Values travel as
 * unsigned 16-bit integers, which fp32 holds exactly: a sum of the fp32 values themselves would
 * make -0 a +0, and parameters of another hash.
 */
final class Broadcast {

  /** 16-bit integers a sum; 1 MiB as they travel. */
  private static final int CHUNK = 1 << 18;

  private final GradientSync sync;

  Broadcast(GradientSync sync) {
    this.sync = sync;
  }

  /**
   * Returns the rank that is furthest, of several the least, or empty if none holds anything.
   *
   * @param step last step that this rank's parameters contain, -1 before the first, -2 if it holds
   *     none
   */
  OptionalInt furthest(long step) {
    ByteBuffer steps = ByteBuffer.allocate(sync.ranks() * Long.BYTES);
    steps.putLong(sync.rank() * Long.BYTES, step + 2);
    sum(steps, true, true);
    OptionalInt furthest = OptionalInt.empty();
    long most = 0;
    for (int rank = 0; rank < sync.ranks(); rank++) {
      if (steps.getLong(rank * Long.BYTES) > most) {
        most = steps.getLong(rank * Long.BYTES);
        furthest = OptionalInt.of(rank);
      }
    }
    return furthest;
  }

  /** Returns the progress of a rank; what is given matters on that rank alone. */
  Progress progress(int from, byte[] own) {
    boolean sends = sync.rank() == from;
    ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).putInt(0, sends ? own.length : 0);
    sum(length, true, true);
    ByteBuffer padded = ByteBuffer.allocate(length.getInt(0) + 1 & ~1);
    if (sends) {
      padded.put(0, own);
    }
    sum(padded, true, true);
    byte[] bytes = new byte[length.getInt(0)];
    padded.get(0, bytes);
    return Progress.decode(bytes);
  }

  /**
   * Sends a rank's parameters and moments to all others.
   *
   * @param takes whether this rank takes them; else its own stay
   */
  void model(int from, boolean takes, Training training) {
    boolean sends = sync.rank() == from;
    for (int i = 0; i < training.decoder().layout().segments().size(); i++) {
      sum(training.decoder().parameters(i), sends, takes);
      sum(training.firstMoment(i), sends, takes);
      sum(training.secondMoment(i), sends, takes);
    }
  }

  /** Replaces bytes, an even number, by their sum over the ranks that add theirs. */
  private void sum(ByteBuffer bytes, boolean adds, boolean takes) {
    ShortBuffer values = bytes.asShortBuffer();
    float[] chunk = new float[Math.min(CHUNK, values.capacity())];
    for (int from = 0; from < values.capacity(); from += chunk.length) {
      int count = Math.min(chunk.length, values.capacity() - from);
      for (int i = 0; i < count; i++) {
        chunk[i] = adds ? Short.toUnsignedInt(values.get(from + i)) : 0;
      }
      sync.sum(FloatBuffer.wrap(chunk, 0, count));
      for (int i = 0; takes && i < count; i++) {
        values.put(from + i, (short) (int) chunk[i]);
      }
    }
  }
}
