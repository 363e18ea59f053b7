package dev.neostream.trainer.model;

/**
 * Rotary position embedding (Su et al., RoFormer, section 3.4) in the rotate-half form of Hugging
 * Face's Llama: at position t the pair (x[j], x[j + H/2]) is turned by the angle {@code t
 * theta^(-2j / H)}.
 */
final class RotaryEmbedding {

  private RotaryEmbedding() {}

  /** Returns cos of the angles, {@code [maxSequence, headDim / 2]} row-major. */
  static float[] cos(ModelConfig config) {
    float[] angles = new float[config.maxSequence() * config.headDim() / 2];
    for (int i = 0; i < angles.length; i++) {
      angles[i] = (float) StrictMath.cos(angle(config, i));
    }
    return angles;
  }

  /** Returns sin of the angles, {@code [maxSequence, headDim / 2]} row-major. */
  static float[] sin(ModelConfig config) {
    float[] angles = new float[config.maxSequence() * config.headDim() / 2];
    for (int i = 0; i < angles.length; i++) {
      angles[i] = (float) StrictMath.sin(angle(config, i));
    }
    return angles;
  }

  private static double angle(ModelConfig config, int index) {
    int half = config.headDim() / 2;
    int position = index / half;
    int pair = index % half;
    return position * StrictMath.pow(config.ropeTheta(), -2.0 * pair / config.headDim());
  }
}
