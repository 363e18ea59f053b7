package dev.neostream.clean.rule;

import dev.neostream.schemas.Rejection;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/** One step of a profile, by its stable code {@code <family>.<rule>}. */
public sealed interface Rule {

  /** Returns the code; the reason of rejections. */
  String code();

  /** Returns what the rule makes of the page, which an edit changes. */
  Verdict judge(Page page);

  /** Returns {@link #judge} with numbers. */
  Finding explain(Page page);

  /**
   * A measure of a page and the range its value must lie in.
   *
   * @param measure what is measured
   * @param range values that pass
   */
  record Threshold(String code, ToDoubleFunction<Page> measure, Range range) implements Rule {

    @Override
    public Verdict judge(Page page) {
      if (measure instanceof Measure cheap && cheap.passes(page, range)) {
        return Verdict.KEEP;
      }
      double value = measure.applyAsDouble(page);
      return range.contains(value)
          ? Verdict.KEEP
          : new Verdict.Drop(new Rejection(code, Range.number(value), range.toString()));
    }

    @Override
    public Finding explain(Page page) {
      double value = measure.applyAsDouble(page);
      return new Finding(code, value, range, range.contains(value));
    }
  }

  /**
   * Rewrites the text, for the rules after it and for the output; drops nothing.
   *
   * @param operator well-formed UTF-8 to well-formed UTF-8; the same array if nothing is to be done
   */
  record Edit(String code, UnaryOperator<byte[]> operator) implements Rule {

    @Override
    public Verdict judge(Page page) {
      page.edit(operator);
      return Verdict.KEEP;
    }

    /** The value is the change of the text's length, in bytes. */
    @Override
    public Finding explain(Page page) {
      int before = page.utf8().length;
      page.edit(operator);
      return new Finding(code, page.utf8().length - before, Range.ALL, true);
    }
  }
}
