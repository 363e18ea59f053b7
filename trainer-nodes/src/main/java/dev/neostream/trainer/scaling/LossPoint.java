package dev.neostream.trainer.scaling;

/**
 * What a model of some size had learned after some tokens.
 *
 * @param n parameters
 * @param d tokens trained on
 * @param loss nats a token
 */
public record LossPoint(double n, double d, double loss) {

  public LossPoint {
    positive("n", n);
    positive("d", d);
    positive("loss", loss);
  }

  private static void positive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " must be a number > 0: " + name + "=" + value);
    }
  }
}
