package dev.neostream.trainer.optim;

/**
 * Clipping of the whole gradient by its L2 norm (Pascanu et al., On the difficulty of training
 * recurrent neural networks, algorithm 1).
 *
 * @param maxNorm largest norm let through, &gt; 0
 */
public record GradientClip(double maxNorm) {

  public GradientClip {
    if (!(maxNorm > 0)) {
      throw new IllegalArgumentException("maxNorm must be > 0: maxNorm=" + maxNorm);
    }
  }

  /** MAP-Neo's published setting: 1. */
  public static GradientClip mapNeo() {
    return new GradientClip(1);
  }

  /** Returns what to multiply a gradient of norm {@code norm} by: 1 up to {@code maxNorm}. */
  public double scale(double norm) {
    return norm > maxNorm ? maxNorm / norm : 1;
  }
}
