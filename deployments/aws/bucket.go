package aws

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// bucketCall is a method of the SDK's client of S3.
type bucketCall[In, Out any] func(context.Context, *In, ...func(*s3.Options)) (*Out, error)

// Object is what goes into a bucket, under a key that holds its SHA-256.
type Object struct {
	// Key is the place in the bucket, without a slash before it.
	Key string
	// SHA256 is in hexadecimal digits.
	SHA256 string
	Body   []byte
}

// URL is what the host reads the object by.
func (o Object) URL(bucket string) string { return "s3://" + bucket + "/" + o.Key }

// Uploader puts objects into a bucket.
type Uploader struct {
	bucket string
	head   bucketCall[s3.HeadObjectInput, s3.HeadObjectOutput]
	put    bucketCall[s3.PutObjectInput, s3.PutObjectOutput]
}

// NewUploader makes an uploader for a bucket in the region that c is for.
func NewUploader(c sdk.Config, bucket string) *Uploader {
	client := s3.NewFromConfig(c)
	return &Uploader{bucket, client.HeadObject, client.PutObject}
}

// Upload puts an object into the bucket where it is not there yet, telling how
// many bytes were sent since it last told. S3 compares what came with the
// checksum.
func (u *Uploader) Upload(ctx context.Context, o Object, sent func(bytes int)) (uploaded bool, err error) {
	head, err := u.head(ctx, &s3.HeadObjectInput{Bucket: &u.bucket, Key: &o.Key})
	switch {
	case err == nil && sdk.ToInt64(head.ContentLength) == int64(len(o.Body)):
		return false, nil
	case err != nil && !hasCode(err, "NotFound", "NoSuchKey", "Forbidden", "AccessDenied"):
		return false, failed("look for "+o.URL(u.bucket), err)
	}
	// Who may not list a bucket is not told that an object is missing.
	sum, err := hex.DecodeString(o.SHA256)
	if err != nil {
		return false, fmt.Errorf("upload %s: SHA-256 %q: %w", o.Key, o.SHA256, err)
	}
	_, err = u.put(ctx, &s3.PutObjectInput{
		Bucket: &u.bucket, Key: &o.Key, Body: &counted{Reader: bytes.NewReader(o.Body), sent: sent},
		ContentLength: sdk.Int64(int64(len(o.Body))), ChecksumSHA256: sdk.String(base64.StdEncoding.EncodeToString(sum)),
	})
	if err != nil {
		return false, failed("upload "+o.URL(u.bucket), err)
	}
	return true, nil
}

// counted tells how much of a body was read. What is read again, for a
// signature or a repetition, is not told again.
type counted struct {
	*bytes.Reader
	sent func(int)
	most int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if at := c.Size() - int64(c.Len()); at > c.most {
		c.sent(int(at - c.most))
		c.most = at
	}
	return n, err
}

// WriteTo hides that of bytes.Reader, which would not be counted.
func (c *counted) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{c})
}

// Emptier deletes all objects of a bucket.
type Emptier struct {
	bucket string
	list   bucketCall[s3.ListObjectVersionsInput, s3.ListObjectVersionsOutput]
	remove bucketCall[s3.DeleteObjectsInput, s3.DeleteObjectsOutput]
}

// NewEmptier makes an emptier for a bucket in the region that c is for.
func NewEmptier(c sdk.Config, bucket string) *Emptier {
	client := s3.NewFromConfig(c)
	return &Emptier{bucket, client.ListObjectVersions, client.DeleteObjects}
}

// Empty deletes every object in every version, as versioning may have been
// turned on since. It gives how many; a bucket that is gone has none.
func (e *Emptier) Empty(ctx context.Context) (deleted int, err error) {
	for {
		out, err := e.list(ctx, &s3.ListObjectVersionsInput{Bucket: &e.bucket})
		if hasCode(err, "NoSuchBucket") {
			return deleted, nil
		}
		if err != nil {
			return deleted, failed("list bucket "+e.bucket, err)
		}
		var all []types.ObjectIdentifier
		for _, v := range out.Versions {
			all = append(all, types.ObjectIdentifier{Key: v.Key, VersionId: v.VersionId})
		}
		for _, m := range out.DeleteMarkers {
			all = append(all, types.ObjectIdentifier{Key: m.Key, VersionId: m.VersionId})
		}
		if len(all) == 0 {
			return deleted, nil
		}
		gone, err := e.remove(ctx, &s3.DeleteObjectsInput{Bucket: &e.bucket, Delete: &types.Delete{Objects: all, Quiet: sdk.Bool(true)}})
		if err != nil {
			return deleted, failed("empty bucket "+e.bucket, err)
		}
		if len(gone.Errors) > 0 {
			first := gone.Errors[0]
			return deleted, fmt.Errorf("empty bucket %s: %s: %s: %s", e.bucket, sdk.ToString(first.Key), sdk.ToString(first.Code), sdk.ToString(first.Message))
		}
		deleted += len(all)
	}
}
