package dev.neostream.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keys and values of the tokens of one text, so that a token costs one position and not all before
 * it: {@link #prefill} once, {@link #decode} for each token after.
 *
 * <p>Each layer has two arrays, {@code (1, nKvHeads, maxSequence, H)} in fp32, allocated whole: a
 * text keeps its place and its bits however long it becomes. What is not yet written takes address
 * space only. {@link #close} frees them, and so does closing the decoder.
 *
 * <p>The logits after a prefill are those of {@link Decoder#logits}, bit for bit. Those of decoded
 * tokens are sums of the same numbers in another order; they too are the same bits for equal calls.
 *
 * <p>Confined to its decoder's thread.
 */
public final class KeyValueCache implements AutoCloseable {

  private final Decoder decoder;
  private final NDManager memory;
  private final List<NDArray> keys = new ArrayList<>();
  private final List<NDArray> values = new ArrayList<>();
  private int length;

  KeyValueCache(Decoder decoder) {
    this.decoder = decoder;
    memory = decoder.script().memory();
    ModelConfig config = decoder.config();
    Shape shape = new Shape(1, config.nKvHeads(), config.maxSequence(), config.headDim());
    for (int layer = 0; layer < config.nLayers(); layer++) {
      keys.add(memory.create(shape));
      values.add(memory.create(shape));
    }
  }

  /** Returns how many tokens it holds. */
  public int length() {
    return length;
  }

  /**
   * Reads a text's beginning and returns the V logits of the token that follows it.
   *
   * @param ids 1 .. maxSequence token ids
   * @throws IllegalStateException unless the cache is empty
   */
  public float[] prefill(int[] ids) {
    if (length > 0) {
      throw new IllegalStateException("a cache must be empty before a prefill: tokens=" + length);
    }
    return extend(ids);
  }

  /**
   * Reads the text's next token and returns the V logits of the one that follows it.
   *
   * @throws IllegalStateException if the cache is empty or full
   */
  public float[] decode(int id) {
    int context = decoder.config().maxSequence();
    if (length == 0 || length == context) {
      throw new IllegalStateException(
          "a cache must hold a text's beginning and have room: tokens="
              + length
              + ", context="
              + context);
    }
    return extend(new int[] {id});
  }

  private float[] extend(int[] ids) {
    // A row ends with an id that is predicted; nothing reads it here.
    TokenRows tokens =
        new TokenRows(decoder.config(), new int[][] {Arrays.copyOf(ids, ids.length + 1)});
    ScriptModule script = decoder.script();
    try (NDManager step = script.memory();
        NDScope scope = new NDScope()) {
      NDArray position = step.create(new long[] {length});
      NDArray x = decoder.embed(tokens.inputs(step)); // (1, T, D)
      for (int i = 0; i < keys.size(); i++) {
        x =
            script
                .call(
                    "layer_cached",
                    x,
                    decoder.layers().get(i),
                    decoder.cos(),
                    decoder.sin(),
                    keys.get(i),
                    values.get(i),
                    position)
                .get(0);
      }
      NDArray last = step.create(new long[] {ids.length - 1});
      float[] logits = script.call("logits", x, last, decoder.head()).get(0).toFloatArray();
      length += ids.length;
      return logits;
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
