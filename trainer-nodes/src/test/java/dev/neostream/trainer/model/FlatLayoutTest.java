package dev.neostream.trainer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class FlatLayoutTest {

  private static final ModelConfig MODEL =
      new ModelConfig(31, 12, 2, 4, 2, 6, 20, 16, 10_000, 1e-5);

  @Test
  void shouldCoverEverySegmentWithoutGaps() {
    FlatLayout layout = new FlatLayout(MODEL);

    long total = 0;
    for (FlatLayout.Segment segment : layout.segments()) {
      int next = 0;
      for (FlatLayout.Parameter p : segment.parameters()) {
        assertEquals(next, p.offset(), p.name());
        assertEquals(layout.segments().indexOf(segment), p.segment());
        next += p.size();
      }
      assertEquals(segment.size(), next);
      total += next;
    }
    assertEquals(MODEL.parameterCount(), total);
  }

  @Test
  void shouldUseHuggingFaceNamesAndShapes() {
    List<FlatLayout.Parameter> parameters = new FlatLayout(MODEL).parameters();

    assertEquals(
        new FlatLayout.Parameter("model.embed_tokens.weight", 0, 0, List.of(31, 12)),
        parameters.get(0));
    assertEquals(
        new FlatLayout.Parameter(
            "model.layers.1.self_attn.v_proj.weight",
            2,
            12 + 12 + 24 * 12 + 12 * 12,
            List.of(12, 12)),
        parameters.get(1 + 9 + 4));
    assertEquals(
        new FlatLayout.Parameter("lm_head.weight", 3, 12, List.of(31, 12)),
        parameters.get(parameters.size() - 1));
  }

  @Test
  void shouldPutNormsBeforeDecayedWeights() {
    for (FlatLayout.Segment segment : new FlatLayout(MODEL).segments()) {
      for (FlatLayout.Parameter p : segment.parameters()) {
        assertEquals(p.name().contains("norm"), p.isNorm());
        assertEquals(p.isNorm(), p.offset() < segment.decayFrom());
      }
    }
  }

  @Test
  void shouldRefuseSegmentThatNoBufferCanShow() {
    ModelConfig wide = new ModelConfig(600_000, 1024, 1, 8, 8, 128, 64, 16, 10_000, 1e-5);

    var e = assertThrows(IllegalArgumentException.class, () -> new FlatLayout(wide));

    assertTrue(e.getMessage().contains("segment=embedding, elements>=614400000"), e.getMessage());
  }
}
