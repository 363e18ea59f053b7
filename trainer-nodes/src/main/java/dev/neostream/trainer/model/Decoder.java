package dev.neostream.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A model's parameters inside libtorch and what can be read off them: logits, log-probabilities,
 * losses. {@link Training} changes them. Letters: B rows, T tokens predicted a row, P positions, V
 * vocabulary, D model width.
 *
 * <p>Each segment of the {@link FlatLayout} is one fp32 vector. It is allocated by libtorch, whose
 * 64-byte alignment keeps the results of its matrix products reproducible, and shown to Java as a
 * direct buffer on the same memory, without a copy.
 *
 * <p>Confined to the thread that made it; every call from another thread fails. Buffers must not be
 * used after {@link #close}.
 *
 * <p>Results are reproducible bit for bit for equal calls on one machine with one thread count.
 */
public final class Decoder implements AutoCloseable {

  private final ModelConfig config;
  private final FlatLayout layout;
  private final ScriptModule script;
  private final List<NDArray> segments = new ArrayList<>();
  private final NDArray cos;
  private final NDArray sin;

  /**
   * Makes a model whose parameters are all 0: follow with {@link #initialize} or fill the buffers
   * from a checkpoint.
   *
   * @param threads libtorch threads inside an operation, for the whole JVM; 1 for ranks that share
   *     a machine
   */
  public Decoder(ModelConfig config, int threads) {
    this.config = config;
    layout = new FlatLayout(config);
    script = new ScriptModule(TransformerScript.of(config), TransformerScript.METHODS, threads);
    NDManager memory = script.memory();
    for (FlatLayout.Segment s : layout.segments()) {
      segments.add(memory.zeros(new Shape(s.size())));
    }
    Shape angles = new Shape(config.maxSequence(), config.headDim() / 2);
    cos = memory.create(RotaryEmbedding.cos(config), angles);
    sin = memory.create(RotaryEmbedding.sin(config), angles);
  }

  public ModelConfig config() {
    return config;
  }

  public FlatLayout layout() {
    return layout;
  }

  /** Sets all parameters to the starting values of {@code seed}. */
  public void initialize(long seed) {
    FanInInitialization.fill(layout, seed, segment -> parameters(segment).asFloatBuffer());
  }

  /** A segment's parameters: native order, on the model's own memory, writable. */
  public ByteBuffer parameters(int segment) {
    return ScriptModule.view(segments.get(segment));
  }

  /**
   * Returns each row's summed cross-entropy, nats.
   *
   * @param rows B rows of T + 1 token ids: position i predicts id i + 1
   * @throws IllegalArgumentException if rows differ in length, are longer than {@code maxSequence +
   *     1} or hold an id outside the vocabulary
   */
  public double[] losses(int[][] rows) {
    if (rows.length == 0) {
      return new double[0];
    }
    TokenRows tokens = new TokenRows(config, rows);
    try (NDManager step = script.memory();
        NDScope scope = new NDScope()) {
      NDArray x = hidden(tokens.inputs(step)); // (B, T, D)
      return script.call("head_losses", x, tokens.targets(step), head()).get(0).toDoubleArray();
    }
  }

  /**
   * Returns the log-probability, nats, of every predicted token given those before it: (B, T),
   * entry i of a row is of its id i + 1. A row's sum is its negative loss.
   *
   * @param rows as for {@link #losses}
   */
  public float[][] logProbabilities(int[][] rows) {
    if (rows.length == 0) {
      return new float[0][];
    }
    TokenRows tokens = new TokenRows(config, rows);
    try (NDManager step = script.memory();
        NDScope scope = new NDScope()) {
      NDArray x = hidden(tokens.inputs(step)); // (B, T, D)
      NDArray y = script.call("log_probabilities", x, tokens.targets(step), head()).get(0);
      return split(y.toFloatArray(), rows.length);
    }
  }

  /**
   * Returns the V logits of the token that follows {@code ids}.
   *
   * @param ids 1 .. maxSequence token ids
   */
  public float[] logits(int[] ids) {
    return logits(ids, new int[] {ids.length - 1})[0];
  }

  /**
   * Returns, for each of the positions, the V logits of the token that follows it: (P, V).
   *
   * @param ids 1 .. maxSequence token ids
   * @param positions of {@code ids}, in any order; only their logits are computed and held
   * @throws IllegalArgumentException if a position is not one of {@code ids}, or if {@code ids} are
   *     too many or outside the vocabulary
   */
  public float[][] logits(int[] ids, int[] positions) {
    // A row ends with an id that is predicted; nothing reads it here.
    TokenRows tokens = new TokenRows(config, new int[][] {Arrays.copyOf(ids, ids.length + 1)});
    for (int position : positions) {
      if (position < 0 || position >= ids.length) {
        throw new IllegalArgumentException(
            "a position must be one of the ids: position=" + position + ", ids=" + ids.length);
      }
    }
    if (positions.length == 0) {
      return new float[0][];
    }
    try (NDManager step = script.memory();
        NDScope scope = new NDScope()) {
      NDArray at = step.create(Arrays.stream(positions).asLongStream().toArray());
      NDArray x = hidden(tokens.inputs(step)); // (1, T, D)
      NDArray logits = script.call("logits", x, at, head()).get(0); // (P, V)
      return split(logits.toFloatArray(), positions.length);
    }
  }

  /**
   * Returns an empty cache for one text of up to {@code maxSequence} tokens, the caller's to close.
   * The parameters must not change while it is used.
   */
  public KeyValueCache cache() {
    return new KeyValueCache(this);
  }

  @Override
  public void close() {
    script.close();
  }

  ScriptModule script() {
    return script;
  }

  /** A segment's parameters as an array. */
  NDArray segment(int segment) {
    return segments.get(segment);
  }

  /** Cosines and sines of the rotary embedding, (maxSequence, headDim / 2). */
  NDArray cos() {
    return cos;
  }

  NDArray sin() {
    return sin;
  }

  /** The vectors of the layers' parameters, in order. */
  List<NDArray> layers() {
    return segments.subList(1, segments.size() - 1);
  }

  NDArray head() {
    return segments.get(segments.size() - 1);
  }

  /** Returns the token vectors (B, T, D). */
  NDArray embed(NDArray ids) {
    return script.call("embed", ids, segments.get(0)).get(0);
  }

  /** Returns the last layer's output (B, T, D) without recording gradients. */
  private NDArray hidden(NDArray ids) {
    NDArray x = embed(ids);
    for (NDArray layer : layers()) {
      x = script.call("layer", x, layer, cos, sin).get(0);
    }
    return x;
  }

  private static float[][] split(float[] values, int rows) {
    int width = values.length / rows;
    float[][] split = new float[rows][];
    for (int r = 0; r < rows; r++) {
      split[r] = Arrays.copyOfRange(values, r * width, (r + 1) * width);
    }
    return split;
  }
}
