package dev.neostream.trainer.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreferenceLossTest {

  private static final PairScore REFERENCE = new PairScore(-10, -12);

  @Test
  void shouldBeWhatIsComputedByHand() {
    // Log-ratios +2 and -1, so a margin of 0.5 (2 + 1) = 1.5; sigmoid(-1.5) = 0.18243.
    PreferenceLoss.Term term =
        new PreferenceLoss(0.5, false, 0).of(new PairScore(-8, -13), REFERENCE, 4, 5);

    assertEquals(1.5, term.margin(), 1e-12);
    assertEquals(0.2014132779827524, term.loss(), 1e-12);
    assertEquals(-0.5 * 0.18242552380635635, term.dChosen(), 1e-12);
    assertEquals(0.5 * 0.18242552380635635, term.dRejected(), 1e-12);
  }

  @Test
  void shouldCountTokensWhereLengthIsNormalised() {
    // +2 over 4 tokens, -1 over 5: 0.5 (0.5 + 0.2) = 0.35; sigmoid(-0.35) = 0.41338.
    PreferenceLoss.Term term =
        new PreferenceLoss(0.5, true, 0).of(new PairScore(-8, -13), REFERENCE, 4, 5);

    assertEquals(0.35, term.margin(), 1e-12);
    assertEquals(0.5333821554, term.loss(), 1e-9);
    assertEquals(-0.125 * 0.4133824211, term.dChosen(), 1e-9);
    assertEquals(0.1 * 0.4133824211, term.dRejected(), 1e-9);
  }

  @Test
  void shouldAddTheChosenAnswersMeanLoss() {
    PairScore policy = new PairScore(-8, -13);
    PreferenceLoss.Term without = new PreferenceLoss(0.5, false, 0).of(policy, REFERENCE, 4, 5);
    PreferenceLoss.Term with = new PreferenceLoss(0.5, false, 0.2).of(policy, REFERENCE, 4, 5);

    assertEquals(without.loss() + 0.2 * 8 / 4, with.loss(), 1e-12);
    assertEquals(without.dChosen() - 0.2 / 4, with.dChosen(), 1e-12);
    assertEquals(without.dRejected(), with.dRejected());
    assertEquals(without.margin(), with.margin());
  }

  @Test
  void shouldStartAtLogTwoWhereThePolicyIsTheReference() {
    PreferenceLoss.Term term = new PreferenceLoss(0.1, false, 0).of(REFERENCE, REFERENCE, 4, 5);

    assertEquals(0, term.margin());
    assertEquals(Math.log(2), term.loss(), 1e-15);
    assertEquals(-0.05, term.dChosen(), 1e-15);
    assertEquals(0.05, term.dRejected(), 1e-15);
  }

  @ParameterizedTest
  @CsvSource({
    "0.1,false,0,-8,-13",
    "0.1,true,0,-8,-13",
    "2,false,0.5,-13,-8",
    "2,true,0.5,-13,-8",
    "5,true,1,-30,-2",
    "0.5,false,0,-10,-12"
  })
  void shouldHaveTheDerivativesOfItsDifferences(
      double beta, boolean normalised, double sftWeight, double chosen, double rejected) {
    var loss = new PreferenceLoss(beta, normalised, sftWeight);
    double h = 1e-5;

    PreferenceLoss.Term term = loss.of(new PairScore(chosen, rejected), REFERENCE, 4, 5);

    double byChosen =
        (loss(loss, chosen + h, rejected) - loss(loss, chosen - h, rejected)) / (2 * h);
    double byRejected =
        (loss(loss, chosen, rejected + h) - loss(loss, chosen, rejected - h)) / (2 * h);
    assertEquals(byChosen, term.dChosen(), 1e-8);
    assertEquals(byRejected, term.dRejected(), 1e-8);
  }

  private static double loss(PreferenceLoss loss, double chosen, double rejected) {
    return loss.of(new PairScore(chosen, rejected), REFERENCE, 4, 5).loss();
  }

  /** e^2000 is no double; the loss is one all the same. */
  @Test
  void shouldBeFiniteHoweverFarPolicyAndReferenceAreApart() {
    var loss = new PreferenceLoss(1, false, 0);

    PreferenceLoss.Term wrong = loss.of(new PairScore(-1010, 988), REFERENCE, 4, 5);
    PreferenceLoss.Term right = loss.of(new PairScore(990, -1012), REFERENCE, 4, 5);

    assertEquals(2000, wrong.loss(), 1e-9);
    assertEquals(-1, wrong.dChosen(), 1e-15);
    assertEquals(1, wrong.dRejected(), 1e-15);
    assertEquals(0, right.loss());
    assertEquals(0, right.dRejected());
  }

  @Test
  void shouldRefuseWhatIsNoLoss() {
    assertEquals("beta must be finite and > 0: beta=0.0", refusal(0, 0));
    assertEquals("beta must be finite and > 0: beta=NaN", refusal(Double.NaN, 0));
    assertEquals("sftWeight must be finite and >= 0: sftWeight=-1.0", refusal(1, -1));
  }

  private static String refusal(double beta, double sftWeight) {
    return assertThrows(
            IllegalArgumentException.class, () -> new PreferenceLoss(beta, false, sftWeight))
        .getMessage();
  }
}
