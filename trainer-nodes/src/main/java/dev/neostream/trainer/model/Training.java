package dev.neostream.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import dev.neostream.trainer.optim.AdamW;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What training adds to a {@link Decoder}: a gradient and two Adam moments for every parameter, and
 * the steps that fill and apply them. Letters: B rows, T tokens predicted a row, D model width.
 *
 * <p>Each segment of the {@link FlatLayout} has three fp32 vectors of the parameters' size,
 * allocated and shown to Java as the parameters are.
 *
 * <p>Confined to the decoder's thread. Closing frees the three vectors and leaves the decoder open;
 * buffers must not be used afterwards, nor after the decoder is closed.
 */
public final class Training implements AutoCloseable {

  /** A segment's gradient, first and second moment, and where weight decay starts, int64. */
  private record Flats(NDArray g, NDArray m, NDArray v, NDArray decayFrom) {}

  private final Decoder decoder;
  private final AdamW adamW;
  private final ScriptModule script;
  private final NDManager memory;
  private final List<Flats> segments = new ArrayList<>();

  /** Starts with gradients and moments that are all 0. */
  public Training(Decoder decoder, AdamW adamW) {
    this.decoder = decoder;
    this.adamW = adamW;
    script = decoder.script();
    memory = script.memory();
    for (FlatLayout.Segment s : decoder.layout().segments()) {
      Shape shape = new Shape(s.size());
      segments.add(
          new Flats(
              memory.zeros(shape),
              memory.zeros(shape),
              memory.zeros(shape),
              memory.create((long) s.decayFrom())));
    }
  }

  /** The model whose parameters {@link #update} changes. */
  public Decoder decoder() {
    return decoder;
  }

  /** A segment's gradient sums since the last {@link #update}: on own memory, writable. */
  public FloatBuffer gradient(int segment) {
    return ScriptModule.view(segments.get(segment).g()).asFloatBuffer();
  }

  /** A segment's first Adam moment, likewise, in native order. */
  public ByteBuffer firstMoment(int segment) {
    return ScriptModule.view(segments.get(segment).m());
  }

  /** A segment's second Adam moment, likewise. */
  public ByteBuffer secondMoment(int segment) {
    return ScriptModule.view(segments.get(segment).v());
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
    float[][] ones = new float[rows.length][];
    for (int r = 0; r < rows.length; r++) {
      ones[r] = new float[Math.max(0, rows[r].length - 1)];
      Arrays.fill(ones[r], 1);
    }
    return gradients(rows, ones);
  }

  /**
   * Adds the gradient of the weighted cross-entropy to the gradient buffers:
   *
   * <pre>
   *   sum over rows r and positions i of weights[r][i] * -log p(rows[r][i + 1] | rows[r][0 .. i])
   * </pre>
   *
   * @param rows as for {@link #gradients(int[][])}
   * @param weights (B, T), finite; 0 leaves a predicted token out of the loss, not out of the text
   * @return each row's weighted sum, nats
   * @throws IllegalArgumentException as for {@link #gradients(int[][])}, and if a predicted token
   *     has no weight or one that is not finite
   */
  public double[] gradients(int[][] rows, float[][] weights) {
    if (rows.length == 0) {
      return new double[0];
    }
    TokenRows tokens = new TokenRows(decoder.config(), rows);
    try (NDManager step = script.memory();
        NDScope scope = new NDScope()) {
      NDArray tokenWeights = tokens.weights(step, weights); // (B, T)
      NDArray ids = tokens.inputs(step); // (B, T)
      int head = segments.size() - 1;
      List<NDList> tape = new ArrayList<>();
      NDArray x = script.call("embed", ids, decoder.segment(0)).get(0); // (B, T, D)
      for (int layer = 1; layer < head; layer++) {
        NDList recorded =
            script.call("layer_recorded", x, decoder.segment(layer), decoder.cos(), decoder.sin());
        tape.add(recorded);
        x = recorded.get(0);
      }
      NDList losses =
          script.call(
              "head_gradient",
              x,
              tokens.targets(step),
              tokenWeights,
              decoder.segment(head),
              segments.get(head).g());
      NDArray dx = losses.get(1); // (B, T, D)
      for (int layer = head - 1; layer >= 1; layer--) {
        NDList recorded = tape.get(layer - 1);
        dx =
            script
                .call(
                    "layer_gradient",
                    recorded.get(0),
                    recorded.get(1),
                    recorded.get(2),
                    dx,
                    segments.get(layer).g())
                .get(0);
      }
      script.call("embed_gradient", ids, dx, segments.get(0).g());
      return losses.get(0).toDoubleArray();
    }
  }

  /** Returns the L2 norm of all gradient buffers together. */
  public double gradientNorm() {
    try (NDManager step = script.memory();
        NDScope scope = new NDScope()) {
      double squares = 0;
      for (Flats segment : segments) {
        double norm = script.call("norm", segment.g()).get(0).toDoubleArray()[0];
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
    try (NDManager step = script.memory();
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
      for (int i = 0; i < segments.size(); i++) {
        Flats s = segments.get(i);
        script.call("adamw", decoder.segment(i), s.g(), s.m(), s.v(), s.decayFrom(), hyper);
      }
    }
  }

  /** Sets the gradient to 0, as {@link #update} leaves it. */
  public void clearGradient() {
    for (int segment = 0; segment < segments.size(); segment++) {
      FloatBuffer gradient = gradient(segment);
      while (gradient.hasRemaining()) {
        gradient.put(0);
      }
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
