using CsCheck;
using Promethean.Mongo.Embedded.Storage.Memory;

namespace Promethean.Mongo.Embedded.Tests.Storage;

public sealed class SortedTreeTests
{
    [Fact]
    public void A_tree_holds_what_a_sorted_dictionary_holds_and_old_versions_stay_as_they_were()
    {
        // Key ranges from dense (splits and merges of every kind) to wide (mostly growth at the end).
        var steps = Gen.Select(Gen.Int[0, 3], Gen.Long[0, 3000], (kind, key) => (kind, key)).Array[0, 3000];
        steps.Sample(sequence =>
        {
            var model = new SortedDictionary<long, int>();
            var tree = SortedTree<long, int>.Empty;
            var edit = tree.Edit();
            var versions = new List<(SortedTree<long, int> Tree, KeyValuePair<long, int>[] Items)>();
            for (var i = 0; i < sequence.Length; i++)
            {
                var (kind, key) = sequence[i];
                if (kind == 3)
                {
                    edit.Remove(key).Should().Be(model.Remove(key));
                }
                else
                {
                    edit.Set(key, i);
                    model[key] = i;
                }

                if (i % 500 == 499)
                {
                    tree = edit.ToTree();
                    versions.Add((tree, [.. model]));
                }
            }

            tree = edit.ToTree();
            versions.Add((tree, [.. model]));
            foreach (var (version, items) in versions)
            {
                version.Count.Should().Be(items.Length);
                version.From(long.MinValue).Should().Equal(items);
                version.Below(long.MaxValue).Should().Equal(items.Reverse());
                foreach (var start in new long[] { 0, 1, 700, 1500, 2999, 3001 })
                {
                    version.From(start).Should().Equal(items.Where(item => item.Key >= start));
                    version.Below(start).Should().Equal(items.Where(item => item.Key < start).Reverse());
                    version.TryFirst(start, out var first).Should().Be(items.Any(item => item.Key >= start));
                    if (items.Any(item => item.Key >= start)) first.Should().Be(items.First(item => item.Key >= start).Key);
                    version.TryFind(start, out var value).Should().Be(items.Any(item => item.Key == start));
                    if (items.Any(item => item.Key == start)) value.Should().Be(items.First(item => item.Key == start).Value);
                }
            }
        }, iter: 60);
    }

    [Fact]
    public void Growing_and_shrinking_to_nothing_leaves_an_empty_tree()
    {
        var edit = SortedTree<long, int>.Empty.Edit();
        for (var i = 0; i < 20_000; i++) edit.Set(i, i);
        var full = edit.ToTree();
        for (var i = 0; i < 20_000; i++) edit.Remove(i % 2 == 0 ? i : 20_000 - i).Should().BeTrue();
        var empty = edit.ToTree();

        full.Count.Should().Be(20_000);
        full.From(0).Select(item => item.Key).Should().Equal(Enumerable.Range(0, 20_000).Select(i => (long)i));
        empty.Count.Should().Be(0);
        empty.From(long.MinValue).Should().BeEmpty();
    }

    [Fact]
    public void A_deep_tree_that_grows_and_shrinks_by_turns_loses_nothing()
    {
        const int Seed = 20261123;
        var random = new Random(Seed);
        var model = new SortedDictionary<long, int>();
        var edit = SortedTree<long, int>.Empty.Edit();
        for (var phase = 0; phase < 12; phase++)
        {
            // Stretches of neighbouring keys, so that whole branches come and go.
            for (var stretch = 0; stretch < 600; stretch++)
            {
                var first = random.Next(60_000);
                var remove = random.Next(20) < (phase % 2 == 0 ? 1 : 6);
                var last = first + random.Next(remove ? 3000 : 300);
                for (var key = first; key < last; key++)
                {
                    if (remove)
                    {
                        Assert.Equal(model.Remove(key), edit.Remove(key));
                    }
                    else
                    {
                        edit.Set(key, stretch);
                        model[key] = stretch;
                    }
                }
            }

            var tree = edit.ToTree();
            tree.Count.Should().Be(model.Count);
            tree.From(0).SequenceEqual(model).Should().BeTrue($"seed {Seed}, phase {phase}");
            model.All(item => tree.TryFind(item.Key, out var value) && value == item.Value).Should().BeTrue($"seed {Seed}, phase {phase}");
        }
    }
}
