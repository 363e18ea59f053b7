package dev.neostream.ops.run;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RestartPolicyTest {

  @Test
  void shouldGiveUpAfterSoManyRestartsInVain() {
    var policy = new RestartPolicy(3);

    assertTrue(policy.restarts(-1));
    assertTrue(policy.restarts(-1));
    assertTrue(policy.restarts(-1));
    assertFalse(policy.restarts(-1));
    assertFalse(policy.restarts(-1));
  }

  @Test
  void shouldStartAgainForEverWhileThereIsProgress() {
    var policy = new RestartPolicy(1);

    for (long step = 7; step < 1_000; step += 7) {
      assertTrue(policy.restarts(step));
    }
    assertFalse(policy.restarts(994));
  }

  @Test
  void shouldNotTakeAnEarlierStepForProgress() {
    var policy = new RestartPolicy(2);

    assertTrue(policy.restarts(100));
    assertTrue(policy.restarts(50));
    assertFalse(policy.restarts(50));
    assertTrue(policy.restarts(51));
  }

  @Test
  void shouldNeverStartAgainWhereThatIsForbidden() {
    assertFalse(new RestartPolicy(0).restarts(10));
  }
}
