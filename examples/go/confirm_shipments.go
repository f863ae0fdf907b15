// Confirms shipments to a cart: poll, deliver, acknowledge, again.
//
//	examples/go/build.sh /tmp/confirm_shipments
//	/tmp/confirm_shipments -server 127.0.0.1:50051 -connection acme -cart shop -shop /tmp/shop
//
// May be killed at any moment, and so may the connector: it goes on where the
// connector knows it to be. Events that were delivered and not yet acknowledged
// come again; the cart knows them by their key.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	connector "oms_connector/v1"
)

var (
	server     = flag.String("server", "127.0.0.1:50051", "HOST:PORT of the connector")
	connection = flag.String("connection", "", "the connection's id")
	cart       = flag.String("cart", "", "only this cart's events")
	consumer   = flag.String("consumer", "go-example", "whose position the connector keeps")
	shopFolder = flag.String("shop", "", "folder of the cart")
	shopDelay  = flag.Float64("shop-delay", 0, "seconds that the cart takes for an event")
	maxResults = flag.Int("max-results", 100, "events of one page")
	wait       = flag.Int("wait", 20, "seconds to wait for a first event")
)

// A made-up cart: a folder with one file for each event it has taken. One that
// it has taken already changes nothing.
func confirm(event *connector.ShipmentEvent) error {
	time.Sleep(time.Duration(*shopDelay * float64(time.Second)))
	key := fmt.Sprintf("%d@%d", event.Shipment.ShipmentId, event.Sequence)
	file, err := os.OpenFile(filepath.Join(*shopFolder, key), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, os.ErrExist) {
		fmt.Println("again", key)
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.WriteString(event.Shipment.TrackingNumber)
	return err
}

// Delivers one page of events and moves the consumer behind it.
func workOnePage(client connector.ConnectorServiceClient) error {
	name := "connections/" + *connection
	context, cancel := context.WithTimeout(context.Background(), time.Duration(*wait+30)*time.Second)
	defer cancel()
	page, err := client.PollShipments(context, &connector.PollShipmentsRequest{
		Connection: name, Cart: *cart, Consumer: *consumer, MaxResults: int32(*maxResults),
		MaxWait: durationpb.New(time.Duration(*wait) * time.Second),
	})
	if err != nil {
		return err
	}
	acknowledge := &connector.AcknowledgeShipmentsRequest{
		Connection: name, Consumer: *consumer, Cursor: page.NextCursor,
	}
	for _, event := range page.Events {
		if err := confirm(event); err != nil {
			return err
		}
		sequence := event.Sequence
		acknowledge.Outcomes = append(acknowledge.Outcomes, &connector.ShipmentOutcome{
			Name: event.Shipment.Name, Sequence: &sequence,
			Result: connector.ShipmentOutcome_RESULT_CONFIRMED,
		})
	}
	if _, err := client.AcknowledgeShipments(context, acknowledge); err != nil {
		return err
	}
	fmt.Println("acknowledged", len(page.Events))
	return nil
}

// What passes by itself: the connector is away, full, or slow.
func passes(err error) bool {
	switch status.Code(err) {
	case codes.Unavailable, codes.ResourceExhausted, codes.DeadlineExceeded:
		return true
	}
	return false
}

func main() {
	flag.Parse()
	if err := os.MkdirAll(*shopFolder, 0o755); err != nil {
		log.Fatal(err)
	}
	channel, err := grpc.Dial(*server, grpc.WithInsecure())
	if err != nil {
		log.Fatal(err)
	}
	client := connector.NewConnectorServiceClient(channel)
	delay := 250 * time.Millisecond
	for {
		err := workOnePage(client)
		if err == nil {
			delay = 250 * time.Millisecond
			continue
		}
		if !passes(err) {
			log.Fatal(err)
		}
		time.Sleep(delay)
		if delay *= 2; delay > 8*time.Second {
			delay = 8 * time.Second
		}
	}
}
