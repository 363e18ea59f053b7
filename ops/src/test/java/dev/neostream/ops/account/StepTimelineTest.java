package dev.neostream.ops.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.avro.DomainLoss;
import dev.neostream.schemas.avro.StepReport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepTimelineTest {

  private static final Map<String, Double> ASKED = Map.of("code", 0.25, "en.web", 0.75);

  private static StepReport step(long step, double loss, DomainLoss... domains) {
    return new StepReport(
        step,
        1,
        "only",
        1e-3 * (step + 1),
        loss,
        100L,
        List.of(domains),
        2.0,
        7L,
        8L,
        0L,
        0.5,
        0.1,
        "");
  }

  private static StepTimeline of(int steps) {
    var timeline = new StepTimeline();
    for (int i = 0; i < steps; i++) {
      timeline.add(step(i, i, new DomainLoss("code", 1, 100L, (double) i)), ASKED);
    }
    return timeline;
  }

  @Test
  void shouldHoldEveryStepOfAShortRun() {
    var timeline = new StepTimeline();
    timeline.add(
        step(0, 5.0, new DomainLoss("code", 1, 10L, 4.0), new DomainLoss("en.web", 3, 30L, 6.0)),
        ASKED);

    StepTimeline.Point point = timeline.points().get(0);

    assertEquals(
        new StepTimeline.Point(
            0,
            0,
            1e-3,
            5.0,
            2.0,
            200,
            0.2,
            Map.of("code", 4.0, "en.web", 6.0),
            Map.of("code", 0.25, "en.web", 0.75),
            ASKED),
        point);
  }

  @Test
  void shouldWeighADomainsLossByItsTokensWhereStepsBecomeOne() {
    StepTimeline timeline = of(StepTimeline.MOST - 1);
    long next = StepTimeline.MOST - 1;
    timeline.add(step(next, 8.0, new DomainLoss("code", 1, 10L, 2.0)), Map.of("code", 1.0));
    timeline.add(step(next + 1, 8.0, new DomainLoss("code", 1, 10L, 2.0)), Map.of("code", 1.0));
    timeline.add(
        step(
            next + 2,
            4.0,
            new DomainLoss("code", 3, 30L, 6.0),
            new DomainLoss("en.web", 4, 1L, 9.0)),
        Map.of("code", 0.5, "en.web", 0.5));

    List<StepTimeline.Point> points = timeline.points();
    StepTimeline.Point last = points.get(points.size() - 1);

    assertEquals(next + 1, last.from());
    assertEquals(next + 2, last.to());
    assertEquals(1e-3 * (next + 3), last.learningRate(), 1e-12);
    assertEquals(6.0, last.loss());
    assertEquals(5.0, last.lossByDomain().get("code"));
    assertEquals(9.0, last.lossByDomain().get("en.web"));
    assertEquals(Map.of("code", 0.5, "en.web", 0.5), last.delivered());
    assertEquals(Map.of("code", 0.75, "en.web", 0.25), last.asked());
  }

  @Test
  void shouldNotGrowWithTheRunAndLeaveNoStepOut() {
    for (int steps : new int[] {1, 2, 511, 512, 513, 514, 1024, 1025, 5_000, 100_003}) {
      List<StepTimeline.Point> points = of(steps).points();

      assertTrue(points.size() <= StepTimeline.MOST, "steps=" + steps);
      assertTrue(points.size() >= Math.min(steps, StepTimeline.MOST / 2), "steps=" + steps);
      long next = 0;
      double sum = 0;
      for (StepTimeline.Point point : points) {
        assertEquals(next, point.from());
        next = point.to() + 1;
        sum += point.loss() * (point.to() - point.from() + 1);
      }
      assertEquals(steps, next);
      assertEquals(steps * (steps - 1.0) / 2, sum, 1e-3);
    }
  }
}
