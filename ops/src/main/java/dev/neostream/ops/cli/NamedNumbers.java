package dev.neostream.ops.cli;

import dev.neostream.ops.UserError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values of an option that gives numbers to names. */
final class NamedNumbers {

  private NamedNumbers() {}

  /**
   * Returns the numbers by name, in the order given.
   *
   * @param form what a value must look like, such as {@code DOMAIN=WEIGHT}
   * @throws UserError if one looks otherwise, or a name is given twice
   */
  static Map<String, Double> of(String option, String form, List<String> values) {
    var numbers = new LinkedHashMap<String, Double>();
    for (String value : values) {
      int equals = value.lastIndexOf('=');
      String name = value.substring(0, Math.max(0, equals)).strip();
      OptionRule.require(!name.isEmpty(), option, form, value);
      if (numbers.put(name, number(option, form, value, equals)) != null) {
        throw UserError.usage(option + " must give each name once: " + name + " is given twice");
      }
    }
    return numbers;
  }

  private static double number(String option, String form, String value, int equals) {
    try {
      double number = Double.parseDouble(value.substring(equals + 1));
      OptionRule.require(Double.isFinite(number), option, form + ", a finite number", value);
      return number;
    } catch (NumberFormatException e) {
      throw UserError.usage(
          option + " must be " + form + " with a number: " + option.substring(2) + "=" + value);
    }
  }
}
