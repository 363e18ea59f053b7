package dev.neostream.trainer.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FanInInitializationTest {

  /** Width 128, 4 layers, feed-forward 384. */
  private static final FlatLayout TINY = new FlatLayout(ModelConfig.named("tiny", 1000, 64));

  private static List<FloatBuffer> filled(long seed) {
    List<FloatBuffer> segments =
        TINY.segments().stream().map(segment -> FloatBuffer.allocate(segment.size())).toList();
    FanInInitialization.fill(TINY, seed, segments::get);
    return segments;
  }

  @ParameterizedTest
  @CsvSource({
    "model.embed_tokens.weight, 128",
    "model.layers.0.self_attn.q_proj.weight, 128",
    "model.layers.3.self_attn.k_proj.weight, 128",
    "model.layers.0.mlp.up_proj.weight, 128",
    "lm_head.weight, 16384",
    // Two sums a layer, in each of four layers.
    "model.layers.0.self_attn.o_proj.weight, 1024",
    "model.layers.3.mlp.down_proj.weight, 3072"
  })
  void shouldKeepProductsAsLargeAsWhatGoesIn(String name, double variances) {
    FlatLayout.Parameter parameter =
        TINY.parameters().stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow();
    FloatBuffer values = filled(7).get(parameter.segment());
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < parameter.size(); i++) {
      double value = values.get(parameter.offset() + i);
      sum += value;
      squares += value * value;
    }
    double expected = 1 / Math.sqrt(variances);

    // Five standard errors of so many draws.
    double error = 5 / Math.sqrt(parameter.size());
    assertEquals(expected, Math.sqrt(squares / parameter.size()), expected * error);
    assertEquals(0, sum / parameter.size(), expected * error);
  }

  @Test
  void shouldLeaveNormsAtOne() {
    List<FloatBuffer> segments = filled(7);
    for (FlatLayout.Parameter parameter : TINY.parameters()) {
      for (int i = 0; parameter.isNorm() && i < parameter.size(); i++) {
        assertEquals(1, segments.get(parameter.segment()).get(parameter.offset() + i));
      }
    }
  }

  @Test
  void shouldBeTheSameForASeed() {
    List<FloatBuffer> first = filled(7);
    List<FloatBuffer> second = filled(7);
    for (int i = 0; i < first.size(); i++) {
      assertArrayEquals(first.get(i).array(), second.get(i).array());
    }
  }
}
