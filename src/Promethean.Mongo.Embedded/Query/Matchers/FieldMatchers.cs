using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Query.Predicates;

namespace Promethean.Mongo.Embedded.Query.Matchers;

/// <summary>Puts conditions on values at the end of a path, and joins conditions on documents.</summary>
internal static class FieldMatchers
{
    /// <summary>The condition that all of <paramref name="predicates"/> hold at a path, each by any value there.</summary>
    public static Matcher At(FieldPath path, IReadOnlyList<ValuePredicate> predicates) =>
        All([.. predicates.Select(predicate => predicate is NegatedPredicate negated
            ? new NotMatcher(At(path, negated.Inner))
            : (Matcher)new PathMatcher(path, predicate))]);

    /// <summary>All of several conditions.</summary>
    public static Matcher All(Matcher[] conditions) => conditions.Length == 1 ? conditions[0] : new AndMatcher(conditions);
}
