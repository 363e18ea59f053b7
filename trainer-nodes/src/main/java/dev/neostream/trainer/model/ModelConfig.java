package dev.neostream.trainer.model;

import com.dynatrace.hash4j.hashing.Hashing;
import java.util.HexFormat;
import java.util.List;

/**
 * Shape of a Llama-style decoder: pre-norm RMSNorm, rotary positions over the whole head, SwiGLU,
 * no biases, untied embeddings. {@code nKvHeads} = 1 is MQA, {@code nHeads} is MHA, between them
 * GQA.
 *
 * @param vocabSize V, rows of the embedding and of the output matrix
 * @param dModel D, width of the residual stream
 * @param nLayers number of decoder layers
 * @param nHeads query heads
 * @param nKvHeads key and value heads, a divisor of {@code nHeads}
 * @param headDim H, width of a head, even; {@code nHeads * headDim} need not be D
 * @param ffnHidden F, width of gate and up each
 * @param maxSequence longest sequence, tokens
 * @param ropeTheta base of the rotary frequencies
 * @param rmsNormEps added to the mean square
 */
public record ModelConfig(
    int vocabSize,
    int dModel,
    int nLayers,
    int nHeads,
    int nKvHeads,
    int headDim,
    int ffnHidden,
    int maxSequence,
    double ropeTheta,
    double rmsNormEps) {

  /** Shapes that {@link #named} knows, by size. */
  public static final List<String> NAMES =
      List.of("tiny", "small", "30M", "250M", "460M", "980M", "2B", "7B");

  public ModelConfig {
    positive("vocabSize", vocabSize);
    positive("dModel", dModel);
    positive("nLayers", nLayers);
    positive("nHeads", nHeads);
    positive("nKvHeads", nKvHeads);
    positive("headDim", headDim);
    positive("ffnHidden", ffnHidden);
    positive("maxSequence", maxSequence);
    if (nHeads % nKvHeads != 0) {
      throw new IllegalArgumentException(
          "nKvHeads must divide nHeads: nKvHeads=" + nKvHeads + ", nHeads=" + nHeads);
    }
    if (headDim % 2 != 0) {
      throw new IllegalArgumentException("headDim must be even (RoPE): headDim=" + headDim);
    }
    if (!(ropeTheta > 1) || Double.isInfinite(ropeTheta)) {
      throw new IllegalArgumentException("ropeTheta must be > 1: ropeTheta=" + ropeTheta);
    }
    if (!(rmsNormEps > 0) || Double.isInfinite(rmsNormEps)) {
      throw new IllegalArgumentException("rmsNormEps must be > 0: rmsNormEps=" + rmsNormEps);
    }
  }

  /**
   * Returns a shape by its name. {@code tiny}, with MQA as the original's 2B model, is sized so
   * that a step of 1,024 tokens takes two ranks on two shared cores less than 0.4 s (README);
   * {@code small} and {@code 30M}, with GQA, have about 10 and 30 million parameters with a
   * vocabulary of 8,192. {@code 250M} to {@code 7B} are the original's: 2B and 7B as its training
   * scripts and released configuration say, 250M, 460M and 980M inferred from the sizes of its
   * released files (MAP-Neo, arXiv 2405.19327, table 5 and the released checkpoints).
   *
   * @param name one of {@link #NAMES}
   */
  public static ModelConfig named(String name, int vocabSize, int maxSequence) {
    int v = vocabSize;
    int t = maxSequence;
    return switch (name) {
      case "tiny" -> new ModelConfig(v, 128, 4, 4, 1, 32, 384, t, 10_000, 1e-5);
      case "small" -> new ModelConfig(v, 256, 8, 8, 2, 32, 704, t, 10_000, 1e-5);
      case "30M" -> new ModelConfig(v, 512, 8, 8, 2, 64, 1408, t, 10_000, 1e-5);
      case "250M" -> new ModelConfig(v, 1024, 8, 8, 1, 128, 4096, t, 10_000, 1e-5);
      case "460M" -> new ModelConfig(v, 1024, 12, 8, 1, 128, 8192, t, 10_000, 1e-5);
      case "980M" -> new ModelConfig(v, 2048, 12, 8, 1, 256, 8192, t, 10_000, 1e-5);
      case "2B" -> new ModelConfig(v, 2048, 18, 8, 1, 256, 16_384, t, 10_000, 1e-5);
      case "7B" -> new ModelConfig(v, 3072, 28, 16, 16, 192, 24_576, t, 10_000, 1e-5);
      default ->
          throw new IllegalArgumentException("a model must be one of " + NAMES + ": model=" + name);
    };
  }

  /** Returns the demo's model: {@code tiny} for sequences of up to 256 tokens. */
  public static ModelConfig tiny(int vocabSize) {
    return named("tiny", vocabSize, 256);
  }

  /**
   * Exact number of parameters: 2 V D + D + layers (2 D + 2 D nHeads H + 2 D nKvHeads H + 3 D F).
   */
  public long parameterCount() {
    long d = dModel;
    long attention = 2 * d * nHeads * headDim + 2 * d * nKvHeads * headDim;
    return 2L * vocabSize * d + d + nLayers * (2 * d + attention + 3 * d * ffnHidden);
  }

  /**
   * 32 hex digits, equal exactly when all fields are; a checkpoint is only loaded into a model of
   * the same fingerprint.
   */
  public String fingerprint() {
    return HexFormat.of()
        .formatHex(Hashing.xxh3_128().hashCharsTo128Bits("llama-1 " + this).toByteArray());
  }

  private static void positive(String name, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be > 0: " + name + "=" + value);
    }
  }
}
