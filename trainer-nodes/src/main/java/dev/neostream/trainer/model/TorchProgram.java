package dev.neostream.trainer.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.neostream.trainer.optim.AdamW;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A model with its gradient and Adam state inside libtorch: the only class that touches the engine.
 * Letters: B rows, T tokens predicted a row, V vocabulary, D model width.
 *
 * <p>Each segment of the {@link FlatLayout} has four fp32 vectors of equal size: parameters,
 * gradient, first and second Adam moment. They are allocated by libtorch, whose 64-byte alignment
 * keeps the results of its matrix products reproducible, and shown to Java as direct buffers on the
 * same memory, without copies.
 *
 * <p>Confined to the thread that made it, because libtorch's switches (gradient mode, executor
 * mode) are thread-local; every call from another thread fails. Buffers must not be used after
 * {@link #close}.
 *
 * <p>Results are reproducible bit for bit for equal calls on one machine with one thread count.
 */
public final class TorchProgram implements AutoCloseable {

  /** The four vectors of a segment. */
  private record Flats(NDArray p, NDArray g, NDArray m, NDArray v, NDArray decayFrom) {}

  private final Thread owner = Thread.currentThread();
  private final ModelConfig config;
  private final AdamW adamW;
  private final FlatLayout layout;
  private final NDManager root;
  private final PtSymbolBlock module;
  private final Map<String, NDArray> methods = new HashMap<>();
  private final List<Flats> segments = new ArrayList<>();
  private final NDArray cos;
  private final NDArray sin;

  /**
   * Makes a model whose parameters, gradients and moments are all 0: follow with {@link
   * #initialize} or fill the buffers from a checkpoint.
   *
   * @param threads libtorch threads inside an operation, for the whole JVM; 1 for ranks that share
   *     a machine
   */
  public TorchProgram(ModelConfig config, AdamW adamW, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be >= 1: threads=" + threads);
    }
    this.config = config;
    this.adamW = adamW;
    this.layout = new FlatLayout(config);
    root = Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
    JniUtils.setNumThreads(threads);
    // The profiling executor spends seconds on its first calls and is no faster afterwards.
    JniUtils.setGraphExecutorOptimize(false);
    JniUtils.setGradMode(false);
    byte[] archive = ScriptArchive.of(TransformerScript.of(config));
    try {
      module =
          JniUtils.loadModule((PtNDManager) root, new ByteArrayInputStream(archive), false, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (FlatLayout.Segment s : layout.segments()) {
      Shape shape = new Shape(s.size());
      segments.add(
          new Flats(
              root.zeros(shape),
              root.zeros(shape),
              root.zeros(shape),
              root.zeros(shape),
              root.create((long) s.decayFrom())));
    }
    Shape angles = new Shape(config.maxSequence(), config.headDim() / 2);
    for (String method : TransformerScript.METHODS) {
      NDArray selector = root.zeros(new Shape(1));
      selector.setName("module_method:" + method);
      methods.put(method, selector);
    }
    cos = root.create(RotaryEmbedding.cos(config), angles);
    sin = root.create(RotaryEmbedding.sin(config), angles);
  }

  public ModelConfig config() {
    return config;
  }

  public FlatLayout layout() {
    return layout;
  }

  /** Sets all parameters to the starting values of {@code seed}. */
  public void initialize(long seed) {
    NormalInitialization.fill(layout, seed, segment -> parameters(segment).asFloatBuffer());
  }

  /** A segment's parameters: native order, on the model's own memory, writable. */
  public ByteBuffer parameters(int segment) {
    return view(segments.get(segment).p());
  }

  /** A segment's gradient sums since the last {@link #update}, likewise. */
  public FloatBuffer gradient(int segment) {
    return view(segments.get(segment).g()).asFloatBuffer();
  }

  /** A segment's first Adam moment, likewise. */
  public ByteBuffer firstMoment(int segment) {
    return view(segments.get(segment).m());
  }

  /** A segment's second Adam moment, likewise. */
  public ByteBuffer secondMoment(int segment) {
    return view(segments.get(segment).v());
  }

  /**
   * Adds the gradient of the summed cross-entropy of all tokens of {@code rows} to the gradient
   * buffers.
   *
   * @param rows B rows of T + 1 token ids: position i predicts id i + 1
   * @return each row's summed cross-entropy, nats
   * @throws IllegalArgumentException if rows differ in length, are longer than {@code maxSequence +
   *     1} or hold an id outside the vocabulary
   */
  public double[] gradients(int[][] rows) {
    if (rows.length == 0) {
      return new double[0];
    }
    try (NDManager step = begin();
        NDScope scope = new NDScope()) {
      NDArray ids = ids(step, rows, 0);
      Flats embedding = segments.get(0);
      Flats head = segments.get(segments.size() - 1);
      List<NDList> tape = new ArrayList<>();
      NDArray x = call("embed", ids, embedding.p()).get(0); // (B, T, D)
      for (Flats layer : layers()) {
        NDList recorded = call("layer_recorded", x, layer.p(), cos, sin);
        tape.add(recorded);
        x = recorded.get(0);
      }
      NDList losses = call("head_gradient", x, ids(step, rows, 1), head.p(), head.g());
      NDArray dx = losses.get(1); // (B, T, D)
      for (int i = tape.size() - 1; i >= 0; i--) {
        NDList recorded = tape.get(i);
        dx =
            call(
                    "layer_gradient",
                    recorded.get(0),
                    recorded.get(1),
                    recorded.get(2),
                    dx,
                    layers().get(i).g())
                .get(0);
      }
      call("embed_gradient", ids, dx, embedding.g());
      return losses.get(0).toDoubleArray();
    }
  }

  /**
   * Returns each row's summed cross-entropy, nats, without touching the gradients.
   *
   * @param rows as for {@link #gradients}
   */
  public double[] losses(int[][] rows) {
    if (rows.length == 0) {
      return new double[0];
    }
    try (NDManager step = begin();
        NDScope scope = new NDScope()) {
      NDArray x = hidden(ids(step, rows, 0));
      NDArray head = segments.get(segments.size() - 1).p();
      return call("head_losses", x, ids(step, rows, 1), head).get(0).toDoubleArray();
    }
  }

  /**
   * Returns the V logits of the token that follows {@code ids}.
   *
   * @param ids 1 .. maxSequence token ids
   */
  public float[] logits(int[] ids) {
    try (NDManager step = begin();
        NDScope scope = new NDScope()) {
      int[] row = java.util.Arrays.copyOf(ids, ids.length + 1); // the last id is not read
      NDArray x = hidden(ids(step, new int[][] {row}, 0));
      return call("logits", x, segments.get(segments.size() - 1).p()).get(0).toFloatArray();
    }
  }

  /** Returns the L2 norm of all gradient buffers together. */
  public double gradientNorm() {
    try (NDManager step = begin();
        NDScope scope = new NDScope()) {
      double squares = 0;
      for (Flats segment : segments) {
        double norm = call("norm", segment.g()).get(0).toDoubleArray()[0];
        squares += norm * norm;
      }
      return Math.sqrt(squares);
    }
  }

  /**
   * Makes one AdamW update with the gradient {@code gradientScale * gradient} and clears the
   * gradient.
   *
   * @param t number of this update, from 1 (bias correction)
   */
  public void update(long t, double learningRate, double gradientScale) {
    if (t < 1) {
      throw new IllegalArgumentException("t must be >= 1: t=" + t);
    }
    try (NDManager step = begin();
        NDScope scope = new NDScope()) {
      NDArray hyper =
          step.create(
              new double[] {
                t,
                learningRate,
                gradientScale,
                adamW.beta1(),
                adamW.beta2(),
                adamW.epsilon(),
                adamW.weightDecay()
              });
      for (Flats s : segments) {
        call("adamw", s.p(), s.g(), s.m(), s.v(), s.decayFrom(), hyper);
      }
    }
  }

  @Override
  public void close() {
    root.close();
  }

  private List<Flats> layers() {
    return segments.subList(1, segments.size() - 1);
  }

  /** Returns the last layer's output (B, T, D) without recording gradients. */
  private NDArray hidden(NDArray ids) {
    NDArray x = call("embed", ids, segments.get(0).p()).get(0);
    for (Flats layer : layers()) {
      x = call("layer", x, layer.p(), cos, sin).get(0);
    }
    return x;
  }

  /** Returns the ids at positions {@code shift .. shift + T - 1} of every row, int64 (B, T). */
  private NDArray ids(NDManager step, int[][] rows, int shift) {
    int length = rows[0].length - 1;
    if (length < 1 || length > config.maxSequence()) {
      throw new IllegalArgumentException(
          "a row must have 2 .. maxSequence + 1 ids: ids="
              + rows[0].length
              + ", maxSequence="
              + config.maxSequence());
    }
    long[] ids = new long[rows.length * length];
    for (int r = 0; r < rows.length; r++) {
      if (rows[r].length != length + 1) {
        throw new IllegalArgumentException(
            "rows must have equal lengths: row 0="
                + (length + 1)
                + ", row "
                + r
                + "="
                + rows[r].length);
      }
      for (int i = 0; i < length; i++) {
        int id = rows[r][i + shift];
        if (id < 0 || id >= config.vocabSize()) {
          throw new IllegalArgumentException(
              "a token id must be in [0, vocabSize): id="
                  + id
                  + ", vocabSize="
                  + config.vocabSize()
                  + ", row="
                  + r
                  + ", position="
                  + (i + shift));
        }
        ids[r * length + i] = id;
      }
    }
    return step.create(ids, new Shape(rows.length, length));
  }

  private NDManager begin() {
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException(
          "a program must be used by the thread that made it: owner="
              + owner.getName()
              + ", caller="
              + Thread.currentThread().getName());
    }
    return root.newSubManager();
  }

  /**
   * Runs a method of the script. The engine reads its name off an extra, otherwise unused array.
   */
  private NDList call(String method, NDArray... arguments) {
    NDList inputs = new NDList(arguments);
    inputs.add(methods.get(method));
    return IValueUtils.forward(module, inputs, true);
  }

  private static ByteBuffer view(NDArray flat) {
    return flat.toByteBuffer(true).order(ByteOrder.nativeOrder());
  }
}
