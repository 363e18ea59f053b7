package dev.neostream.clean.rule;

import dev.neostream.schemas.Rejection;
import java.util.function.ToDoubleFunction;

/**
 * A measure of a page and the range its value must lie in.
 *
 * @param reason stable code {@code <family>.<rule>}, the reason of rejections
 * @param measure what is measured
 * @param range values that pass
 */
public record Rule(String reason, ToDoubleFunction<Page> measure, Range range) {

  public Verdict judge(Page page) {
    double value = measure.applyAsDouble(page);
    return range.contains(value)
        ? new Verdict.Keep()
        : new Verdict.Drop(new Rejection(reason, Range.number(value), range.toString()));
  }
}
