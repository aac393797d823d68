namespace Promethean.Mongo.Embedded.Tests.Reference;

/// <summary>The names in MongoDB 7.0's manual (https://www.mongodb.com/docs/v7.0/reference/), against which the reference tells what is missing.</summary>
internal static class MongoManual
{
    public static string[] Commands { get; } = Split(
        """
        abortTransaction aggregate buildInfo bulkWrite collMod collStats commitTransaction compact configureFailPoint connectionStatus convertToCapped count create createIndexes createRole createUser
        currentOp dataSize dbHash dbStats delete distinct drop dropDatabase dropIndexes dropUser endSessions explain features find findAndModify fsync getCmdLineOpts getLog getMore getParameter hello
        hostInfo insert killAllSessions killCursors killOp killSessions listCollections listCommands listDatabases listIndexes lockInfo logout mapReduce ping planCacheClear profile reIndex refreshSessions
        renameCollection replSetGetStatus rolesInfo saslContinue saslStart serverStatus setParameter shutdown startSession top update updateUser usersInfo validate whatsmyuri
        """);

    public static string[] QueryOperators { get; } = Split(
        """
        $all $and $bitsAllClear $bitsAllSet $bitsAnyClear $bitsAnySet $comment $elemMatch $eq $exists $expr $geoIntersects $geoWithin $gt $gte $in $jsonSchema $lt $lte $mod $ne $near $nearSphere $nin $nor
        $not $options $or $regex $size $text $type $where
        """);

    public static string[] UpdateOperators { get; } = Split("$addToSet $bit $currentDate $inc $max $min $mul $pop $pull $pullAll $push $rename $set $setOnInsert $unset");

    public static string[] Stages { get; } = Split(
        """
        $addFields $bucket $bucketAuto $changeStream $changeStreamSplitLargeEvent $collStats $count $currentOp $densify $documents $facet $fill $geoNear $graphLookup $group $indexStats $limit
        $listLocalSessions $listSearchIndexes $listSessions $lookup $match $merge $out $planCacheStats $project $redact $replaceRoot $replaceWith $sample $search $searchMeta $set $setWindowFields $skip $sort
        $sortByCount $unionWith $unset $unwind $vectorSearch
        """);

    public static string[] Accumulators { get; } = Split(
        """
        $accumulator $addToSet $avg $bottom $bottomN $count $first $firstN $last $lastN $max $maxN $median $mergeObjects $min $minN $percentile $push $stdDevPop $stdDevSamp $sum $top $topN
        """);

    public static string[] Expressions { get; } = Split(
        """
        $abs $acos $acosh $add $allElementsTrue $and $anyElementTrue $arrayElemAt $arrayToObject $asin $asinh $atan $atan2 $atanh $avg $binarySize $bitAnd $bitNot $bitOr $bitXor $bsonSize $ceil $cmp $concat
        $concatArrays $cond $convert $cos $cosh $dateAdd $dateDiff $dateFromParts $dateFromString $dateSubtract $dateToParts $dateToString $dateTrunc $dayOfMonth $dayOfWeek $dayOfYear $degreesToRadians
        $divide $eq $exp $filter $first $firstN $floor $function $getField $gt $gte $hour $ifNull $in $indexOfArray $indexOfBytes $indexOfCP $isArray $isNumber $isoDayOfWeek $isoWeek $isoWeekYear $last
        $lastN $let $literal $ln $log $log10 $lt $lte $ltrim $map $max $maxN $median $mergeObjects $meta $millisecond $min $minN $minute $mod $month $multiply $ne $not $objectToArray $or $percentile $pow
        $radiansToDegrees $rand $range $reduce $regexFind $regexFindAll $regexMatch $replaceAll $replaceOne $reverseArray $round $rtrim $sampleRate $second $setDifference $setEquals $setField
        $setIntersection $setIsSubset $setUnion $sin $sinh $size $slice $sortArray $split $sqrt $stdDevPop $stdDevSamp $strLenBytes $strLenCP $strcasecmp $substr $substrBytes $substrCP $subtract $sum $switch
        $tan $tanh $toBool $toDate $toDecimal $toDouble $toInt $toLong $toLower $toObjectId $toString $toUpper $trim $trunc $tsIncrement $tsSecond $type $unsetField $week $year $zip
        """);

    /// <summary>What an index may be, each with an example.</summary>
    public static (string Name, string Example)[] Indexes { get; } =
    [
        ("single field", "{ key: { a: 1 }, name: 'i' }"),
        ("compound", "{ key: { a: 1, b: -1 }, name: 'i' }"),
        ("on a path", "{ key: { 'a.b': 1 }, name: 'i' }"),
        ("`unique`", "{ key: { a: 1 }, name: 'i', unique: true }"),
        ("`sparse`", "{ key: { a: 1 }, name: 'i', sparse: true }"),
        ("`partialFilterExpression`", "{ key: { a: 1 }, name: 'i', partialFilterExpression: { a: { $gt: 1 } } }"),
        ("`expireAfterSeconds` (TTL)", "{ key: { a: 1 }, name: 'i', expireAfterSeconds: 60 }"),
        ("`hidden`", "{ key: { a: 1 }, name: 'i', hidden: true }"),
        ("`collation` other than simple", "{ key: { a: 1 }, name: 'i', collation: { locale: 'de' } }"),
        ("wildcard", "{ key: { '$**': 1 }, name: 'i' }"),
        ("`text`", "{ key: { a: 'text' }, name: 'i' }"),
        ("`hashed`", "{ key: { a: 'hashed' }, name: 'i' }"),
        ("`2dsphere`", "{ key: { a: '2dsphere' }, name: 'i' }"),
        ("`2d`", "{ key: { a: '2d' }, name: 'i' }"),
    ];

    private static string[] Split(string names) => names.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
}
