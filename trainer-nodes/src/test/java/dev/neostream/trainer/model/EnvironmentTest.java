package dev.neostream.trainer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {

  @Test
  void shouldNameWhatComputes() {
    String words = Environment.words(3);

    assertTrue(words.matches("PyTorch \\d+\\.\\d+.*, cpu, .+ with \\w+, float32, ranks=3"), words);
    assertEquals(words, Environment.words(3));
  }

  @ParameterizedTest
  @CsvSource({
    "avx2 avx512f avx512bw avx512dq avx512vl fma, '', avx512",
    "avx2 avx512f avx512bw avx512dq avx512vl fma, avx2, avx2",
    "avx2 avx512f avx512bw avx512dq avx512vl fma, default, default",
    "avx2 avx512f avx512bw avx512dq avx512vl fma, other, avx512",
    "avx2 avx512f fma, '', avx2",
    "avx2, '', default",
  })
  void shouldSayWhichVectorUnitsAreUsed(String flags, String limit, String units) {
    List<String> lines =
        List.of("processor\t: 0", "model name\t: Some: CPU @ 2GHz", "flags\t\t: fpu " + flags);

    assertEquals(
        "Some: CPU @ 2GHz with " + units,
        Environment.processor(lines, Map.of("ATEN_CPU_CAPABILITY", limit)));
  }

  @Test
  void shouldFallBackToTheArchitecture() {
    assertEquals(
        System.getProperty("os.arch") + " with default",
        Environment.processor(List.of(), Map.of()));
  }
}
