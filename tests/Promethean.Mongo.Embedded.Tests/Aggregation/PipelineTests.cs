using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Tests.Bson;

namespace Promethean.Mongo.Embedded.Tests.Aggregation;

/// <summary>Manual: "Aggregation Stages" and the page of each stage named in a case.</summary>
public sealed class PipelineTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private const string Orders =
        "[{_id: 1, k: 'a', q: 2, t: ['x', 'y']}, {_id: 2, k: 'b', q: 5, t: []}, {_id: 3, k: 'a', q: 4}, {_id: 4, k: null, q: 1, t: ['x']}]";

    private const string Others =
        "[{_id: 'A', key: 'a', n: 1}, {_id: 'B', key: ['a', 'b'], n: 2}, {_id: 'N', n: 3}]";

    private const string Graph =
        "[{_id: 1, name: 'root', to: ['l', 'r']}, {_id: 2, name: 'l', to: ['d']}, {_id: 3, name: 'r', to: ['d', 'root']}, {_id: 4, name: 'd'}]";

    [Theory]
    [InlineData("[]", Orders)]
    [InlineData("[{$match: {k: 'a', q: {$gt: 2}}}]", "[{_id: 3, k: 'a', q: 4}]")]
    [InlineData("[{$match: {$expr: {$gt: ['$q', {$add: ['$_id', 1]}]}}}, {$project: {q: 1}}]", "[{_id: 2, q: 5}]")]
    [InlineData("[{$limit: 1}, {$project: {_id: 0, z: '$q', k: 1}}]", "[{k: 'a', z: 2}]")]
    [InlineData("[{$limit: 1}, {$project: {t: 0}}]", "[{_id: 1, k: 'a', q: 2}]")]
    [InlineData("[{$limit: 1}, {$project: {'n.m': '$q', s: {$size: '$t'}}}]", "[{_id: 1, n: {m: 2}, s: 2}]")]
    [InlineData("[{$skip: 3}, {$addFields: {q: {$add: ['$q', 1]}, 'n.x': 1, k: '$$REMOVE'}}]", "[{_id: 4, q: 2, t: ['x'], n: {x: 1}}]")]
    [InlineData("[{$limit: 1}, {$set: {k: {a: '$q', b: 2}}}, {$unset: ['t', 'q']}]", "[{_id: 1, k: {a: 2, b: 2}}]")]
    [InlineData("[{$group: {_id: '$k', sum: {$sum: '$q'}, n: {$count: {}}, all: {$push: '$_id'}}}, {$sort: {_id: 1}}]",
        "[{_id: null, sum: 1, n: 1, all: [4]}, {_id: 'a', sum: 6, n: 2, all: [1, 3]}, {_id: 'b', sum: 5, n: 1, all: [2]}]")]
    [InlineData("[{$group: {_id: null, avg: {$avg: '$q'}, min: {$min: '$q'}, max: {$max: '$k'}, first: {$first: '$t'}, last: {$last: '$t'}, set: {$addToSet: '$k'}}}]",
        "[{_id: null, avg: 3.0, min: 1, max: 'b', first: ['x', 'y'], last: ['x'], set: ['a', 'b', null]}]")]
    [InlineData("[{$group: {_id: {$mod: ['$_id', 2]}, o: {$mergeObjects: {k: '$k', q: '$q'}}}}, {$sort: {_id: -1}}]",
        "[{_id: 1, o: {k: 'a', q: 4}}, {_id: 0, o: {k: null, q: 1}}]")]
    [InlineData("[{$sort: {q: -1}}, {$limit: 2}, {$project: {q: 1}}]", "[{_id: 2, q: 5}, {_id: 3, q: 4}]")]
    [InlineData("[{$match: {q: {$gt: 1}}}, {$count: 'n'}]", "[{n: 3}]")]
    [InlineData("[{$match: {q: 99}}, {$count: 'n'}]", "[]")]
    [InlineData("[{$unwind: '$t'}, {$project: {t: 1}}]", "[{_id: 1, t: 'x'}, {_id: 1, t: 'y'}, {_id: 4, t: 'x'}]")]
    [InlineData("[{$unwind: {path: '$t', includeArrayIndex: 'i', preserveNullAndEmptyArrays: true}}, {$project: {t: 1, i: 1}}]",
        "[{_id: 1, t: 'x', i: NumberLong(0)}, {_id: 1, t: 'y', i: NumberLong(1)}, {_id: 2, i: null}, {_id: 3, i: null}, {_id: 4, t: 'x', i: NumberLong(0)}]")]
    [InlineData("[{$unwind: '$q'}, {$limit: 1}, {$project: {q: 1}}]", "[{_id: 1, q: 2}]")]
    [InlineData("[{$lookup: {from: 'others', localField: 'k', foreignField: 'key', as: 'm'}}, {$project: {m: '$m._id'}}]",
        "[{_id: 1, m: ['A', 'B']}, {_id: 2, m: ['B']}, {_id: 3, m: ['A', 'B']}, {_id: 4, m: ['N']}]")]
    [InlineData("[{$limit: 2}, {$lookup: {from: 'others', let: {q: '$q'}, pipeline: [{$match: {$expr: {$lt: ['$n', '$$q']}}}, {$project: {_id: 1}}], as: 'm'}}, {$project: {m: 1}}]",
        "[{_id: 1, m: [{_id: 'A'}]}, {_id: 2, m: [{_id: 'A'}, {_id: 'B'}, {_id: 'N'}]}]")]
    [InlineData("[{$limit: 1}, {$lookup: {from: 'others', localField: 'k', foreignField: 'key', let: {q: '$q'}, pipeline: [{$match: {$expr: {$eq: ['$n', '$$q']}}}], as: 'm'}}, {$project: {m: '$m._id'}}]",
        "[{_id: 1, m: ['B']}]")]
    [InlineData("[{$facet: {a: [{$match: {k: 'a'}}, {$count: 'n'}], b: [{$sort: {_id: -1}}, {$limit: 1}, {$project: {_id: 1}}]}}]", "[{a: [{n: 2}], b: [{_id: 4}]}]")]
    [InlineData("[{$limit: 1}, {$replaceRoot: {newRoot: {a: '$q'}}}]", "[{a: 2}]")]
    [InlineData("[{$limit: 1}, {$replaceWith: {$mergeObjects: [{d: 1}, {q: '$q'}]}}]", "[{d: 1, q: 2}]")]
    [InlineData("[{$sortByCount: '$k'}, {$limit: 1}]", "[{_id: 'a', count: 2}]")]
    [InlineData("[{$bucket: {groupBy: '$q', boundaries: [0, 2, 5], default: 'more'}}]", "[{_id: 0, count: 1}, {_id: 2, count: 2}, {_id: 'more', count: 1}]")]
    [InlineData("[{$bucket: {groupBy: '$q', boundaries: [0, 10], output: {ids: {$push: '$_id'}}}}]", "[{_id: 0, ids: [1, 2, 3, 4]}]")]
    [InlineData("[{$project: {_id: 1}}, {$limit: 1}, {$unionWith: {coll: 'others', pipeline: [{$match: {n: 3}}]}}]", "[{_id: 1}, {_id: 'N', n: 3}]")]
    [InlineData("[{$limit: 1}, {$graphLookup: {from: 'graph', startWith: 'root', connectFromField: 'to', connectToField: 'name', as: 'g', depthField: 'd'}}, {$project: {g: {name: 1, d: 1}}}]",
        "[{_id: 1, g: [{name: 'root', d: NumberLong(0)}, {name: 'l', d: NumberLong(1)}, {name: 'r', d: NumberLong(1)}, {name: 'd', d: NumberLong(2)}]}]")]
    [InlineData("[{$limit: 1}, {$graphLookup: {from: 'graph', startWith: 'root', connectFromField: 'to', connectToField: 'name', as: 'g', maxDepth: 1, restrictSearchWithMatch: {name: {$ne: 'r'}}}}, {$project: {g: '$g.name'}}]",
        "[{_id: 1, g: ['root', 'l']}]")]
    [InlineData("[{$bucketAuto: {groupBy: '$q', buckets: 2}}]", "[{_id: {min: 1, max: 4}, count: 2}, {_id: {min: 4, max: 5}, count: 2}]")]
    [InlineData("[{$bucketAuto: {groupBy: '$k', buckets: 4, output: {ids: {$push: '$_id'}}}}]",
        "[{_id: {min: null, max: 'a'}, ids: [4]}, {_id: {min: 'a', max: 'b'}, ids: [1, 3]}, {_id: {min: 'b', max: 'b'}, ids: [2]}]")]
    [InlineData("[{$unionWith: {pipeline: [{$documents: [{q: 9}]}]}}, {$bucketAuto: {groupBy: '$q', buckets: 2}}]", "[{_id: {min: 1, max: 5}, count: 3}, {_id: {min: 5, max: 9}, count: 2}]")]
    [InlineData("[{$project: {q: 1}}, {$densify: {field: 'q', range: {step: 1, bounds: 'full'}}}]", "[{_id: 4, q: 1}, {_id: 1, q: 2}, {q: 3}, {_id: 3, q: 4}, {_id: 2, q: 5}]")]
    [InlineData("[{$project: {q: 1, k: 1}}, {$densify: {field: 'q', partitionByFields: ['k'], range: {step: 1, bounds: 'partition'}}}]",
        "[{_id: 4, k: null, q: 1}, {_id: 1, k: 'a', q: 2}, {k: 'a', q: 3}, {_id: 3, k: 'a', q: 4}, {_id: 2, k: 'b', q: 5}]")]
    [InlineData("[{$match: {q: {$gte: 4}}}, {$project: {q: 1, k: 1}}, {$densify: {field: 'q', partitionByFields: ['k'], range: {step: 1, bounds: 'full'}}}]",
        "[{_id: 3, k: 'a', q: 4}, {k: 'a', q: 5}, {k: 'b', q: 4}, {_id: 2, k: 'b', q: 5}]")]
    [InlineData("[{$project: {q: 1}}, {$densify: {field: 'q', range: {step: 2, bounds: [0, 5]}}}]", "[{q: 0}, {_id: 4, q: 1}, {_id: 1, q: 2}, {_id: 3, q: 4}, {_id: 2, q: 5}]")]
    [InlineData("[{$documents: [{d: ISODate('2026-01-01T00:00:00Z')}, {d: ISODate('2026-03-01T00:00:00Z')}]}, {$densify: {field: 'd', range: {step: 1, unit: 'month', bounds: 'full'}}}]",
        "[{d: ISODate('2026-01-01T00:00:00Z')}, {d: ISODate('2026-02-01T00:00:00Z')}, {d: ISODate('2026-03-01T00:00:00Z')}]")]
    [InlineData("[{$documents: [{x: 0, v: 0}, {x: 1, v: null}, {x: 2, v: 4, w: 1}, {x: 3}]}, {$fill: {sortBy: {x: 1}, output: {v: {method: 'linear'}, w: {method: 'locf'}}}}]",
        "[{x: 0, v: 0, w: null}, {x: 1, v: 2.0, w: null}, {x: 2, v: 4, w: 1}, {x: 3, v: null, w: 1}]")]
    [InlineData("[{$documents: [{v: 1}, {v: null}, {}]}, {$fill: {output: {v: {value: 7}}}}]", "[{v: 1}, {v: 7}, {v: 7}]")]
    [InlineData("[{$documents: [{a: 1}, {a: {$add: [1, 1]}}]}, {$match: {a: 2}}]", "[{a: 2}]")]
    [InlineData("[{$limit: 1}, {$project: {_id: 1}}, {$lookup: {pipeline: [{$documents: [{a: 1}]}], as: 'd'}}]", "[{_id: 1, d: [{a: 1}]}]")]
    [InlineData("[{$limit: 1}, {$project: {_id: 1}}, {$unionWith: {pipeline: [{$documents: [{a: 1}]}]}}]", "[{_id: 1}, {a: 1}]")]
    [InlineData("[{$redact: {$cond: [{$gt: ['$q', 3]}, '$$KEEP', '$$PRUNE']}}, {$project: {_id: 1}}]", "[{_id: 2}, {_id: 3}]")]
    [InlineData("[{$limit: 1}, {$replaceWith: {l: 1, a: {l: 1, b: [{l: 2}, {l: 1, v: 5}, [{l: 2}], 7]}, c: {l: 3}}}, {$redact: {$cond: [{$eq: ['$$CURRENT.l', '$$ROOT.l']}, '$$DESCEND', '$$PRUNE']}}]",
        "[{l: 1, a: {l: 1, b: [{l: 1, v: 5}, [], 7]}}]")]
    [InlineData("[{$group: {_id: null, f: {$firstN: {input: '$q', n: 2}}, l: {$lastN: {input: '$q', n: 2}}, a: {$maxN: {input: '$q', n: 3}}, i: {$minN: {input: '$k', n: 5}}}}]",
        "[{_id: null, f: [2, 5], l: [4, 1], a: [5, 4, 2], i: ['a', 'a', 'b']}]")]
    [InlineData("[{$group: {_id: {kind: '$k'}, f: {$firstN: {input: '$q', n: {$cond: [{$eq: ['$kind', 'a']}, 2, 1]}}}}}, {$sort: {_id: 1}}]",
        "[{_id: {kind: null}, f: [1]}, {_id: {kind: 'a'}, f: [2, 4]}, {_id: {kind: 'b'}, f: [5]}]")]
    [InlineData("[{$group: {_id: null, t: {$top: {output: '$_id', sortBy: {q: -1}}}, b: {$bottom: {output: '$_id', sortBy: {q: -1}}}, tn: {$topN: {n: 2, output: '$q', sortBy: {k: 1, q: -1}}}, bn: {$bottomN: {n: 2, output: '$q', sortBy: {q: 1}}}}}]",
        "[{_id: null, t: 2, b: 4, tn: [1, 4], bn: [4, 5]}]")]
    [InlineData("[{$group: {_id: null, m: {$median: {input: '$q', method: 'approximate'}}, p: {$percentile: {input: '$q', p: [0.25, 1], method: 'approximate'}}}}]",
        "[{_id: null, m: 2.0, p: [1.0, 5.0]}]")]
    [InlineData("[{$match: {k: 'a'}}, {$merge: 'elsewhere'}]", "[{_id: 1, k: 'a', q: 2, t: ['x', 'y']}, {_id: 3, k: 'a', q: 4}]")]
    public void Runs(string stages, string expected) => Print(Run(stages)).Should().Be(Print(Documents(expected)));

    [Theory]
    [InlineData("[{$foo: 1}]", 40324, "Location40324")]
    [InlineData("[{$match: {}, $limit: 1}]", 40323, "Location40323")]
    [InlineData("[{$limit: 0}]", 15958, "Location15958")]
    [InlineData("[{$skip: -1}]", 5107200, "Location5107200")]
    [InlineData("[{$project: {}}]", 51272, "Location51272")]
    [InlineData("[{$project: {a: 1, b: 0}}]", 31254, "Location31254")]
    [InlineData("[{$project: {a: 0, b: 1}}]", 31253, "Location31253")]
    [InlineData("[{$project: {a: 1, 'a.b': 1}}]", 31250, "Location31250")]
    [InlineData("[{$group: {a: 1}}]", 15955, "Location15955")]
    [InlineData("[{$group: {_id: 1, a: 1}}]", 40234, "Location40234")]
    [InlineData("[{$group: {_id: 1, a: {$foo: 1}}}]", 15952, "Location15952")]
    [InlineData("[{$unwind: 't'}]", 28818, "Location28818")]
    [InlineData("[{$sort: {}}]", 15976, "Location15976")]
    [InlineData("[{$count: ''}]", 40156, "Location40156")]
    [InlineData("[{$lookup: {from: 'x', as: 'y'}}]", 9, "FailedToParse")]
    [InlineData("[{$lookup: {from: 'x', as: 'y', localField: 'a'}}]", 9, "FailedToParse")]
    [InlineData("[{$facet: {a: [{$facet: {}}]}}]", 40600, "Location40600")]
    [InlineData("[{$replaceWith: '$q'}]", 40228, "Location40228")]
    [InlineData("[{$bucket: {groupBy: '$q', boundaries: [5, 1]}}]", 40194, "Location40194")]
    [InlineData("[{$bucket: {groupBy: '$q', boundaries: [0, 2]}}]", 40066, "Location40066")]
    [InlineData("[{$limit: 1}, {$documents: []}]", 40602, "Location40602")]
    [InlineData("[{$out: 'x'}, {$limit: 1}]", 40601, "Location40601")]
    [InlineData("[{$out: 1}]", 16990, "Location16990")]
    [InlineData("[{$facet: {a: [{$out: 'x'}]}}]", 40600, "Location40600")]
    [InlineData("[{$lookup: {from: 'x', as: 'y', pipeline: [{$merge: 'x'}]}}]", 51047, "Location51047")]
    [InlineData("[{$merge: {into: 'x', whenMatched: 'foo'}}]", 2, "BadValue")]
    [InlineData("[{$merge: {into: 'x', on: []}}]", 51187, "Location51187")]
    [InlineData("[{$merge: {into: 'x', let: {a: 1}}}]", 51199, "Location51199")]
    [InlineData("[{$redact: 'descend'}]", 17053, "Location17053")]
    [InlineData("[{$bucketAuto: {groupBy: '$q', buckets: 0}}]", 40243, "Location40243")]
    [InlineData("[{$bucketAuto: {groupBy: '$q', buckets: 2, granularity: 'R5'}}]", 115, "CommandNotSupported")]
    [InlineData("[{$group: {_id: 1, a: {$firstN: {input: '$q', n: 0}}}}]", 5787908, "Location5787908")]
    [InlineData("[{$group: {_id: 1, a: {$accumulator: {}}}}]", 115, "CommandNotSupported")]
    [InlineData("[{$collStats: {foo: {}}}]", 9, "FailedToParse")]
    [InlineData("[5]", 14, "TypeMismatch")]
    public void What_MongoDB_refuses_is_refused_with_its_code(string stages, int code, string name)
    {
        var run = () => Run(stages);

        var failure = run.Should().Throw<MongoCommandFailedException>().Which;
        failure.Code.Should().Be(code);
        failure.CodeName.Should().Be(name);
    }

    [Fact]
    public void The_planner_sees_what_the_pipeline_begins_with()
    {
        var pipeline = Pipeline.Parse(Documents(
            "[{$match: {a: 1}}, {$sort: {b: -1}}, {$lookup: {from: 'x', as: 'y', pipeline: [{$unionWith: 'z'}]}}, {$facet: {f: [{$unionWith: 'w'}]}}]"));

        pipeline.LeadingMatch!.Bounds.Should().ContainSingle().Which.Path.Text.Should().Be("a");
        pipeline.LeadingSort!.Paths.Should().ContainSingle().Which.Text.Should().Be("b");
        pipeline.OtherCollections.Should().Equal("w", "x", "z");
    }

    [Fact]
    public void Documents_are_read_only_as_they_are_needed()
    {
        var read = 0;
        var input = Enumerable.Range(0, 1000).Select(i =>
        {
            read++;
            return new BsonDocument("i", i);
        });

        Pipeline.Parse(Documents("[{$match: {i: {$gte: 2}}}, {$limit: 3}]")).Run(input, Context()).Count().Should().Be(3);

        read.Should().Be(5);
    }

    [Fact]
    public void A_sample_is_without_repeats_and_the_same_for_the_same_seed()
    {
        var input = Enumerable.Range(0, 100).Select(i => new BsonDocument("_id", i)).ToList();
        var pipeline = Pipeline.Parse(Documents("[{$sample: {size: 10}}]"));

        var sample = pipeline.Run(input, Context()).ToList();

        sample.Should().HaveCount(10).And.OnlyHaveUniqueItems();
        pipeline.Run(input, Context()).Should().Equal(sample);
    }

    [Fact]
    public void A_pipeline_does_not_modify_its_input()
    {
        var input = Documents(Orders);

        Pipeline.Parse(Documents("[{$set: {k: 1, 'o.p': 2}}, {$unwind: '$t'}, {$unset: 'q'}, {$lookup: {from: 'others', localField: 'k', foreignField: 'key', as: 't'}}]"))
            .Run(input.Select(item => item.AsBsonDocument), Context()).Count().Should().Be(3);

        Print(input).Should().Be(Print(Documents(Orders)));
    }

    private static BsonArray Run(string stages) =>
        new(Pipeline.Parse(Documents(stages)).Run(Documents(Orders).Select(item => item.AsBsonDocument), Context()));

    private static PipelineContext Context() => new(Variables.At(Now), Read, new Random(7));

    private static IEnumerable<BsonDocument> Read(string name) =>
        Documents(name switch { "others" => Others, "graph" => Graph, _ => "[]" }).Select(item => item.AsBsonDocument);

    private static BsonArray Documents(string json) => Json.Value(json).AsBsonArray;

    private static string Print(BsonArray documents) => documents.Exact();
}
