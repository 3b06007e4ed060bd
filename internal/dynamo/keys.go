package dynamo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The attributes of the table's key. The table has no index.
const (
	PartitionKey = "pk"
	SortKey      = "sk"
)

// The other attributes. None is a word that DynamoDB reserves.
const (
	attrDoc     = "doc"     // the record, packed
	attrVersion = "vers"    // of a record that is changed in place
	attrEnv     = "env"     // the id of the environment that has a slug
	attrSlug    = "slug"    // of the environment that has an id
	attrRemoved = "removed" // on the gate and the slot of an environment that was removed
	attrPrunes  = "prunes"  // how often deployments were pruned
	attrUnended = "unended" // on a sync that has not ended; on a slot, their ids
	attrGen     = "gen"     // a sync's generation
	attrSeq     = "seq"     // a sync's sequence; on a slot, the highest that was given
	attrRef     = "ref"     // the id that an entry of a list leads to
	attrMark    = "mark"    // the number of the row by which it went live first
	attrLog     = "diags"   // its build log, packed
	attrApart   = "apart"   // its build log is an item of its own
	attrState   = "packed"  // a ledger's state after one row, as State.Encode gives it
	attrNumber  = "num"     // of the row with an id
	attrUntil   = "ends"    // when an answer ends, in nanoseconds since 1970
)

// TimeToLive is the attribute that says when DynamoDB may delete an item, in
// seconds since 1970.
const TimeToLive = "expires"

// key is the place of an item.
type key struct{ pk, sk string }

// What DynamoDB takes, in bytes.
const (
	maxPK = 2048
	maxSK = 1024
)

// valid reports whether an item can have this key. An id that a person made up
// may be too long to be anything's.
func (k key) valid() bool { return len(k.pk) <= maxPK && len(k.sk) <= maxSK }

func (k key) item() item { return item{PartitionKey: str(k.pk), SortKey: str(k.sk)} }

func keyOf(i item) key { return key{textOf(i, PartitionKey), textOf(i, SortKey)} }

// Ids of environments are ours, without "#". Any other id stands last in its key.

// environmentKey is where an environment is, by its slug; all are one partition.
func environmentKey(slug string) key { return key{"environments", "s#" + slug} }

// gateKey is what stays of an environment's id for ever. Every write without a
// fence passes it.
func gateKey(env string) key { return key{"e#" + env, "gate"} }

// removalKey is where a tombstone is, in the order of slug and id.
func removalKey(slug, env string) key { return key{"removals", "s#" + slug + "#" + env} }

func slotKey(env string) key { return key{"e#" + env, "slot"} }

func syncKey(env, id string) key { return key{"e#" + env + "#sync#" + id, "sync"} }

// syncEntryKey is a sync's place in the list of syncs.
func syncEntryKey(env string, sequence int64, id string) key {
	return key{"e#" + env + "#syncs", number(sequence) + "#" + short(id)}
}

func deploymentKey(env, id string) key { return key{"e#" + env + "#dep#" + id, "deployment"} }

// logKey is where a build log is that is too big to be read with every list.
func logKey(env, id string) key { return key{"e#" + env + "#dep#" + id, "log"} }

// allDeployments ends the partition of the list of an environment's deployments.
const allDeployments = "#deployments"

// findsKey is where the part of that list is which the sync with this sequence
// brought.
func findsKey(env string, sequence int64) key {
	return key{"e#" + env + allDeployments, newestFirst(sequence)}
}

// workflowEntryKey is a deployment's place in the list of its workflow's.
func workflowEntryKey(env, workflow, place string) key {
	return key{"e#" + env + "#of#" + workflow, place}
}

// deploymentPlace is a deployment's place in the lists, the sort key of its entry:
// newest first, then by path. A path of more than about 900 bytes is ordered by
// its beginning.
func deploymentPlace(sequence int64, path, id string) string {
	return newestFirst(sequence) + short(path+"\x00"+id)
}

// sheetKey is where workflows are, many in one item.
func sheetKey(env string, n int) key {
	return key{"e#" + env + "#workflows", fmt.Sprintf("w#%04d", n)}
}

// stateKey is where a row is with its state. That this key is taken is what
// decides who was first.
func stateKey(env string, n int64) key { return key{"e#" + env + "#states", number(n)} }

// rowKey is a row's place in the list of rows, which is read without states.
func rowKey(env string, n int64) key { return key{"e#" + env + "#rows", number(n)} }

// rowIDKey is what lets a writer whose answer was lost find its row.
func rowIDKey(env, id string) key { return key{"e#" + env + "#row#" + id, "row"} }

// resolvedKey is where what runs on each trigger is, as the head leaves it: by the
// slug of the environment, so that nothing else need be read.
func resolvedKey(slug string) key { return key{"live#" + slug, "resolved"} }

func pollKey(env string) key { return key{"e#" + env, "poll"} }

// dueKey is a poll's place among those that are ever due.
func dueKey(at time.Time, env string) key {
	return key{"polls", at.UTC().Format("2006-01-02T15:04:05.000000000") + "#" + env}
}

func tokenKey(id string) key { return key{"tokens", "t#" + id} }

func answerKey(of string) key { return key{"answer#" + of, "answer"} }

// ownKeyKey is where a key of the installation is.
func ownKeyKey(name string) key { return key{"key#" + name, "key"} }

// number orders by what it counts.
func number(n int64) string { return fmt.Sprintf("%019d", n) }

// newestFirst orders the other way.
func newestFirst(n int64) string { return number(1<<62 - n) }

// sequenceOf is what newestFirst was given for a key that begins with it.
func sequenceOf(place string) int64 {
	n, _ := strconv.ParseInt(place[:min(len(number(0)), len(place))], 10, 64) // of our own making
	return 1<<62 - n
}

// maxTail is how much of a sort key follows its number.
const maxTail = maxSK - 32

// short is s or, if that is too long for a key, its beginning and its digest.
func short(s string) string {
	if len(s) <= maxTail {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	digest := hex.EncodeToString(sum[:16])
	return strings.ToValidUTF8(s[:maxTail-len(digest)], "") + digest
}

func str(s string) types.AttributeValue    { return &types.AttributeValueMemberS{Value: s} }
func num(n int64) types.AttributeValue     { return &types.AttributeValueMemberN{Value: fmt.Sprint(n)} }
func bin(data []byte) types.AttributeValue { return &types.AttributeValueMemberB{Value: data} }
func yes() types.AttributeValue            { return &types.AttributeValueMemberBOOL{Value: true} }
