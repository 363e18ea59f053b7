package dev.neostream.trainer.model;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;

/** Counts what a model holds inside libtorch. The engine keeps the books, but shows them nobody. */
public final class NativeMemory {

  private NativeMemory() {}

  /** Returns how many arrays are open, in all memory made through a decoder. */
  public static int openArrays(Decoder decoder) {
    return openArrays(decoder.cos().getManager().getParentManager());
  }

  private static int openArrays(NDManager memory) {
    try {
      var field = BaseNDManager.class.getDeclaredField("resources");
      field.setAccessible(true);
      int open = 0;
      for (Object resource : ((Map<?, ?>) field.get(memory)).values()) {
        if (resource instanceof NDArray) {
          open++;
        } else if (resource instanceof NDManager inner) {
          open += openArrays(inner);
        }
      }
      return open;
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
