//! The names OpenTelemetry has for usage.

use super::Usage;

impl Usage {
    /// Lists the counts under the names of OpenTelemetry's conventions for generative AI; what is zero is left out, but for
    /// input and output.
    ///
    /// ```
    /// use tokenfare::Usage;
    ///
    /// let usage = Usage { cache_read: 20, reasoning_tokens: 5, ..Usage::of_tokens(100, 9) };
    /// assert_eq!(
    ///     usage.to_otel(),
    ///     [
    ///         ("gen_ai.usage.input_tokens", 100),
    ///         ("gen_ai.usage.output_tokens", 9),
    ///         ("gen_ai.usage.cache_read.input_tokens", 20),
    ///         ("gen_ai.usage.reasoning.output_tokens", 5),
    ///     ]
    /// );
    /// ```
    #[must_use]
    pub fn to_otel(&self) -> Vec<(&'static str, u64)> {
        let written = self.cache_write.saturating_add(self.cache_write_1h);
        let parts = [
            ("gen_ai.usage.cache_read.input_tokens", self.cache_read),
            ("gen_ai.usage.cache_creation.input_tokens", written),
            ("gen_ai.usage.reasoning.output_tokens", self.reasoning_tokens),
        ];
        let whole =
            [("gen_ai.usage.input_tokens", self.input_tokens), ("gen_ai.usage.output_tokens", self.output_tokens)];
        whole.into_iter().chain(parts.into_iter().filter(|(_, tokens)| *tokens != 0)).collect()
    }
}
