package dev.neostream.trainer.model;

import com.dynatrace.hash4j.hashing.Hashing;
import java.util.HexFormat;

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
   * The demo's model: 4 layers of width 128 with one key/value head (MQA, as the original's 2B
   * model), sequences of up to 256 tokens. Sized so that a step of 1,024 tokens takes two ranks on
   * two shared cores less than 0.4 s (README).
   */
  public static ModelConfig tiny(int vocabSize) {
    return new ModelConfig(vocabSize, 128, 4, 4, 1, 32, 384, 256, 10_000, 1e-5);
  }

  /**
   * Ten million parameters with a vocabulary of 8,192 (9,834,752): 8 layers of width 256, 8 query
   * and 2 key/value heads (GQA).
   */
  public static ModelConfig small(int vocabSize, int maxSequence) {
    return new ModelConfig(vocabSize, 256, 8, 8, 2, 32, 704, maxSequence, 10_000, 1e-5);
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
