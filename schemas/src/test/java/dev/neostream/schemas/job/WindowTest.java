package dev.neostream.schemas.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;

class WindowTest {

  /** What waits. */
  public static final class Element {
    public String key;
    public long ordinal;
    public long end;
    public String rank;

    static Element of(String key, long ordinal, long end, String rank) {
      var element = new Element();
      element.key = key;
      element.ordinal = ordinal;
      element.end = end;
      element.rank = rank;
      return element;
    }
  }

  /** Says what is taken at each end, twice, and what is left behind the last. */
  private static final class Takes extends KeyedProcessFunction<String, Element, String> {

    private transient Window<Element> window;

    @Override
    public void open(OpenContext context) {
      window =
          new Window<>(
              getRuntimeContext(),
              "pending",
              Element.class,
              element -> element.ordinal,
              element -> element.end,
              Comparator.comparing(element -> element.rank));
    }

    @Override
    public void processElement(Element element, Context context, Collector<String> out)
        throws Exception {
      window.put(element);
      context.timerService().registerEventTimeTimer(element.end);
      context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<String> out) throws Exception {
      String at = context.getCurrentKey() + (time == Long.MAX_VALUE ? " left" : " at " + time);
      out.collect(at + ": " + ranks(window.take(time)) + "|" + ranks(window.take(time)));
    }

    private static String ranks(List<Element> taken) {
      return taken.stream().map(element -> element.rank).collect(Collectors.joining(" "));
    }
  }

  private static List<String> taken(List<Element> elements, int parallelism) throws Exception {
    var env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.setParallelism(parallelism);
    var taken = new ArrayList<String>();
    // The end of the input brings event time to its end, behind all of the elements.
    try (var out =
        env.fromData(elements, TypeInformation.of(Element.class))
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<Element>noWatermarks()
                    .withTimestampAssigner((element, before) -> element.ordinal))
            .keyBy(element -> element.key, Types.STRING)
            .process(new Takes(), Types.STRING)
            .executeAndCollect()) {
      out.forEachRemaining(taken::add);
    }
    Collections.sort(taken);
    return taken;
  }

  @Test
  void shouldTakeWhatIsDueInItsOrderWhateverTheArrival() throws Exception {
    List<Element> elements =
        new ArrayList<>(
            List.of(
                Element.of("a", 1, 9, "w"),
                Element.of("a", 2, 9, "v"),
                Element.of("a", 3, 19, "u"),
                Element.of("a", 12, 19, "x"),
                Element.of("b", 1, 9, "z"),
                Element.of("b", 11, 19, "y")));

    for (int parallelism : new int[] {1, 2}) {
      assertEquals(
          List.of(
              "a at 19: u x|",
              "a at 9: v w|",
              "a left: |",
              "b at 19: y|",
              "b at 9: z|",
              "b left: |"),
          taken(elements, parallelism));
      Collections.shuffle(elements, new Random(parallelism));
    }
  }

  @Test
  void shouldKeepOneElementAnOrdinal() throws Exception {
    assertEquals(
        List.of("a at 9: v|", "a left: |"),
        taken(List.of(Element.of("a", 1, 9, "w"), Element.of("a", 1, 9, "v")), 1));
  }
}
